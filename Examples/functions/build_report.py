#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""A longer job: it reports progress, takes its deadline seriously, and is safe to run twice.

    stint enqueue report.build '{"pages": 5}' --follow
"""

import json
import os
import signal
import sys
import tempfile
import time

# Control lines go to file descriptor 3, one JSON object a line. By hand (`python3 build_report.py`) there is none.
try:
    control = os.fdopen(int(os.environ.get("STINT_FD", "3")), "w", buffering=1)
except OSError:
    control = open(os.devnull, "w", encoding="utf-8")


def tell(**line):
    print(json.dumps(line), file=control)


def stop(*_):
    # SIGTERM: the job was cancelled, its time is up, or the worker is leaving and waits no longer. Any exit code but
    # 0, 65, 78 and 79 means: try again, by the retry policy.
    print("stopping early", file=sys.stderr)
    sys.exit(75)


signal.signal(signal.SIGTERM, stop)
pages = int(json.load(sys.stdin).get("pages", 5))

# A job may run more than once. What it makes gets a name that is the same at every attempt, and appears in one step.
# (The key is QUEUE/ID.)
key = os.environ.get("STINT_IDEMPOTENCY_KEY", "by-hand").replace("/", "-")
folder = os.path.join(tempfile.gettempdir(), "stint-reports")
path = os.path.join(folder, f"{key}.txt")
os.makedirs(folder, exist_ok=True)
with open(path + "~", "w", encoding="utf-8") as file:
    for page in range(1, pages + 1):
        file.write(f"page {page}\n")
        print(f"wrote page {page} of {pages}", file=sys.stderr)
        tell(progress=page / pages, note=f"page {page}")
        time.sleep(0.2)
os.replace(path + "~", path)
print(json.dumps({"file": path, "attempt": int(os.environ.get("STINT_ATTEMPT", "1"))}))
