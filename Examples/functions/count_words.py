#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The smallest useful function: JSON in, JSON out.

    stint enqueue words.count '{"text": "to be or not to be"}' --wait
"""

import collections
import json
import sys

try:
    text = json.load(sys.stdin)["text"]
except (ValueError, KeyError, TypeError) as error:
    # Exit code 65 (EX_DATAERR): the job is dead at once. Trying again cannot repair a payload.
    print(f"payload must be an object with 'text': {error!r}", file=sys.stderr)
    sys.exit(65)

words = collections.Counter(text.lower().split())
print(json.dumps({"words": sum(words.values()), "most": words.most_common(3)}))
