# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What many waiting jobs cost: in their own queue, and for other queues on the same Redis."""
import time

import lines
import stint
from lib.server import Server

JOBS, SAMPLES = 100_000, 300


def queue(waiting):
    """Enqueue and run 100,000 jobs each way, behind so many that wait."""
    def measure(scale):
        with Server() as server:
            rows = stint.bench(server, "--raw", "--jobs", int(JOBS * scale), "--waiting", int(waiting * scale))
            return {**stint.speeds(rows), "peak": int(server.info("memory")["used_memory_peak"])}
    return measure


def urgent(waiting):
    """How soon an urgent job starts while so many others wait, and a worker runs them."""
    def measure(scale):
        with Server() as server:
            rows = stint.bench(server, "--latency", "--samples", int(SAMPLES * scale) or 1, "--rate", 400, "--waiting", int(waiting * scale))
            return stint.times(rows[stint.STARTED])
    return measure


def beside(waiting):
    """Another queue on the Redis on which so many wait. Filled once, measured three times."""
    def measure(scale):
        found, count = [], max(lines.VARIETY, int(waiting * scale))
        with Server() as server:
            begun = time.time()
            with lines.pipe(count) as feed:
                stint.run(server, *lines.WORDS, feed=feed)
            fill = count / (time.time() - begun)
            for _ in range(3):
                latency = stint.bench(server, "--latency", "--samples", int(600 * scale) or 1)
                rows = stint.bench(server, "--raw", "--jobs", int(JOBS * scale))
                found.append({**stint.speeds(rows), "latency": stint.times(latency[stint.STARTED]), "fill_per_s": fill,
                              "memory": server.memory()})
        return found
    return measure
