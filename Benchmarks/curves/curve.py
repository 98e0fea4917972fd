# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The curves: what is varied, how a point is measured, and which of its figures are drawn."""
import dataclasses
import time
from collections.abc import Callable

import lines
import stint
from lib.server import Server

SPEED, REDIS, CLIENT = "jobs/s", "Redis µs a job", "client µs a job"
DRAIN = [(SPEED, {"drain": ("drain", "per_s")}), ("µs a job", {"Redis": ("drain", "redis_us"), "client": ("drain", "client_us")})]
ALL = [(SPEED, {"enqueue one by one": ("enqueue", "per_s"), "enqueue in bulk": ("bulk", "per_s"), "drain": ("drain", "per_s")}),
       (REDIS, {"enqueue one by one": ("enqueue", "redis_us"), "enqueue in bulk": ("bulk", "redis_us"), "drain": ("drain", "redis_us")})]
SATURATED_MS = 50  # a median above it: more load tells nothing more


@dataclasses.dataclass
class Curve:
    name: str
    title: str
    axis: str
    points: tuple
    measure: Callable  # of a point: the function that takes the share of jobs
    panels: list  # of (unit, {line: path in the result})
    command: str
    seconds: float
    long_points: tuple = ()
    stops: bool = False  # once a point is saturated, those beyond it are left out
    log_y: bool = False

    def moot(self, x):
        if not self.stops:
            return lambda results: False
        return lambda results: any(lower < x and median > SATURATED_MS for lower in self.points
                                   for median in results.values(self.name, str(lower), "p50_ms"))


def bench(jobs, option, *words):
    """`stint bench` with an option at a point; `jobs` of the point gives how many."""
    def point(x):
        def measure(scale):
            with Server() as server:
                return stint.speeds(stint.bench(server, "--raw", "--jobs", max(100, int(jobs(x) * scale)), option, x, *words))
        return measure
    return point


def batch(x):
    """`stint enqueue --bulk --batch`: one script call for each so many jobs."""
    def measure(scale):
        count = max(lines.VARIETY, int((200_000 if x >= 20 else 10_000 * x + 10_000) * scale) // lines.VARIETY * lines.VARIETY)
        with Server() as server, lines.pipe(count) as feed:
            redis, begun = server.cpu(), time.time()
            stint.run(server, *lines.WORDS, "--batch", x, feed=feed)
            return {"per_s": count / (time.time() - begun), "redis_us": (server.cpu() - redis) * 1e6 / count}
    return measure


def waiting(x):
    def measure(scale):
        with Server() as server:
            return stint.speeds(stint.bench(server, "--raw", "--jobs", int(50_000 * scale), "--waiting", max(1, int(x * scale))))
    return measure


def load(x):
    def measure(scale):
        with Server() as server:
            samples = max(50, int(min(100_000, max(600, 2 * x)) * scale))
            rows = stint.bench(server, "--latency", "--rate", x, "--samples", samples)
            return stint.times(rows[stint.STARTED])
    return measure


def by_size(x):
    return min(50_000, 50_000_000 // (x + 1_000))


CURVES = [
    Curve("batch", "Jobs in one script call (enqueue)", "jobs in a call", (1, 2, 5, 10, 20, 50, 100, 200, 500), batch,
          [(SPEED, {"enqueue": ("per_s",)}), (REDIS, {"enqueue": ("redis_us",)})], "stint enqueue --bulk - --batch N", 1.5),
    Curve("slots", "Slots of one worker (a claim takes as many jobs as have ended meanwhile)", "slots",
          (1, 2, 4, 8, 16, 32, 64, 128, 256), bench(lambda x: min(50_000, 4_000 * x), "--slots"), DRAIN,
          "stint bench --raw --slots N", 2.5),
    Curve("workers", "Worker processes on one queue", "worker processes", (1, 2, 4, 8), bench(lambda x: 50_000, "--workers"), DRAIN,
          "stint bench --raw --workers N", 3.5),
    Curve("waiting", "Jobs that wait before those measured", "waiting jobs", (1_000, 10_000, 100_000, 1_000_000), waiting, ALL,
          "stint bench --raw --waiting N", 4, long_points=(10_000_000,)),
    Curve("payload", "Size of a payload", "bytes", (0, 64, 200, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20),
          bench(by_size, "--payload"), ALL, "stint bench --raw --payload N", 3, log_y=True),
    Curve("queues", "Queues over which the same jobs are spread", "queues", (1, 3, 10, 30, 100, 300, 1_000),
          bench(lambda x: 50_000, "--queues"), ALL, "stint bench --raw --queues N", 4.5),
    Curve("load", "Time from enqueue to start over load, calls that wait for no answer", "jobs/s asked for",
          (200, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000, 100_000), load,
          [("ms", {"p50": ("p50_ms",), "p99": ("p99_ms",), "most": ("max_ms",)})], "stint bench --latency --rate N", 4, stops=True, log_y=True),
]
