#!/bin/sh
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# A function in shell:  stint enqueue disk.free '{"path": "/"}' --wait
set -eu
path=$(jq -er .path) || {
    echo "payload must be an object with 'path'" >&2
    exit 65
}
if [ ! -d "$path" ]; then
    echo "not a folder: $path" >&2
    exit 65
fi
df -Pk -- "$path" | awk 'NR == 2 { printf "{\"kilobytes\":%d,\"used\":\"%s\"}\n", $4, $5 }'
