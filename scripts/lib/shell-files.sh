#!/usr/bin/env bash
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# Lists the repository's shell scripts: by their first line, since most have no suffix.
set -euo pipefail
cd "$(dirname "$0")/../.."
find scripts .ci Examples docs -type f -not -path '*/.build*' -not -path '*/.stint*' -print0 |
    while IFS= read -r -d '' file; do
        IFS= read -r first <"$file" || true
        case $first in
            '#!'*bash* | '#!'*/sh* | '# shellcheck shell='*) printf '%s\n' "$file" ;;
        esac
    done
