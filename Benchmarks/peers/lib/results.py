# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Finished measurements, one JSON object a line, so that an interrupted run goes on where it was."""
import json
import os
import statistics
import threading


class Results:
    def __init__(self, path, fresh):
        self.path, self.lock = path, threading.Lock()
        if fresh and os.path.exists(path):
            os.unlink(path)
        self.lines = []
        if os.path.exists(path):
            with open(path) as file:
                for line in file:
                    try:
                        one = json.loads(line)
                    except ValueError:
                        continue  # cut off when the run was killed: that step is measured again
                    if "error" not in one["result"]:  # what failed is tried again
                        self.lines.append(one)

    def has(self, measure, peer, turn):
        return any((one["measure"], one["peer"], one["turn"]) == (measure, peer, turn) for one in self.lines)

    def add(self, **line):
        with self.lock:
            self.lines.append(line)
            with open(self.path, "a") as file:
                file.write(json.dumps(line) + "\n")

    def of(self, measure, peer):
        return [one for one in self.lines if (one["measure"], one["peer"]) == (measure, peer)]

    def values(self, measure, peer, *path):
        """The figures of all turns that have one."""
        found = []
        for line in self.of(measure, peer):
            value = line["result"]
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                found.append(value)
        return found

    def median(self, measure, peer, *path):
        found = self.values(measure, peer, *path)
        return statistics.median(found) if found else None

    def peers(self, measure):
        return list(dict.fromkeys(one["peer"] for one in self.lines if one["measure"] == measure))

    def seconds(self, measure, peer, otherwise):
        found = [one["took"] for one in self.of(measure, peer) if "took" in one]
        return statistics.median(found) if found else otherwise
