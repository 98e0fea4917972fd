# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""One worker process, from its start through ten million jobs: its memory."""
import concurrent.futures
import statistics
import threading
import time

import lines
import stint
from lib.server import Server

JOBS, MOST_WAITING = 10_000_000, 1_000_000


def memory(scale):
    """Jobs are enqueued while the worker runs them, so that at most about a million wait; looked at each second."""
    total = max(20 * lines.VARIETY, int(JOBS * scale) // lines.VARIETY * lines.VARIETY)
    gate, samples, begun = threading.Event(), [], time.time()
    gate.set()
    with Server() as server, stint.BenchWorker(server) as worker, concurrent.futures.ThreadPoolExecutor(1) as pool:
        worker.go()
        time.sleep(3)
        idle = stint.memory(worker.process.pid)
        with lines.pipe(total, gate) as feed:
            producer = pool.submit(stint.run, server, *lines.WORDS, feed=feed)
            completed = 0
            while completed < total:
                time.sleep(min(1, scale))
                if producer.done():
                    producer.result()
                elif time.time() > begun + stint.SECONDS:
                    raise stint.Failed(f"{completed} of {total} jobs ran within {stint.SECONDS} s")
                state = stint.queue(server)
                completed = state["completed"]
                samples.append((completed, stint.memory(worker.process.pid)))
                (gate.set if state["ready"] < MOST_WAITING else gate.clear)()
    return {"idle": idle, "jobs": total, "seconds": time.time() - begun, "samples": samples, **flatness(samples, total)}


def flatness(samples, total):
    """The first tenth fills what is kept for reuse; afterwards nothing may grow."""
    later = [one for one in samples if one[0] > total / 10] or samples
    second = [rss for jobs, rss in later if jobs <= total / 5] or [later[0][1]]
    last = [rss for jobs, rss in later if jobs > total * 9 / 10] or [later[-1][1]]
    slope = statistics.linear_regression(*zip(*later)).slope if len(set(jobs for jobs, _ in later)) > 1 else 0
    return {"most": max(rss for _, rss in samples), "second_tenth": statistics.mean(second), "last_tenth": statistics.mean(last),
            "bytes_per_million": slope * 1e6}
