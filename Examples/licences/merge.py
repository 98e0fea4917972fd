#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""A Stint function: merges what `find.py` left in `results/` into one table.

Payload on stdin:  {"top": 20}
Result on stdout:  lines of text, the licence that most packages name first
"""

import collections
import json
import os
import sys


def main():
    top = int((json.load(sys.stdin) or {}).get("top", 20))
    packages, again, how = 0, 0, collections.Counter()
    counts = collections.Counter()
    for name in sorted(os.listdir("results")):
        if not name.endswith(".json"):
            continue
        with open(os.path.join("results", name), encoding="utf-8") as file:
            result = json.load(file)
        packages += 1
        again += result["attempt"] > 1
        how[result["how"]] += 1
        counts.update(result["licences"])

    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    width = max([len(name) for name, _ in ordered[:top]] + [len("LICENCE")])
    print(f"{'LICENCE':<{width}}  PACKAGES")
    for name, count in ordered[:top]:
        print(f"{name:<{width}}  {count:>8}")
    if len(ordered) > top:
        print(f"… and {len(ordered) - top} more licences, each named by {ordered[top][1]} packages or fewer")
    print()
    print(f"packages: {packages} ({how['fields']} by License: fields, {how['text']} by their text, "
          f"{how['nothing']} name none); succeeded on a second attempt: {again}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
