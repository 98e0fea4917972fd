#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Prints one job a line (NDJSON, as `stint enqueue --bulk -` reads it) for each copyright file under a folder.

    python3 jobs.py [FOLDER] | stint enqueue --bulk -
"""

import json
import os
import sys

DELAY_EVERY = 20  # every 20th job is delayed by a second, to have some delayed ones to look at


def copyright_files(folder):
    """All regular files named `copyright`, sorted, so that two runs make the same jobs."""
    for path, folders, files in os.walk(folder):
        folders.sort()
        if "copyright" in files:
            file = os.path.join(path, "copyright")
            if os.path.isfile(file) and not os.path.islink(file):
                yield file


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/doc"
    for number, file in enumerate(copyright_files(folder)):
        package = os.path.relpath(os.path.dirname(file), folder)
        job = {"name": "licences.find", "payload": {"package": package, "file": file}}
        if number % DELAY_EVERY == DELAY_EVERY - 1:
            job["in"] = "1s"
        print(json.dumps(job))


if __name__ == "__main__":
    main()
