# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The goals that Benchmarks/peers/run does not judge: what each is about, where its figures stand in the results, and when it is reached."""
import dataclasses
from collections.abc import Callable

COMMAND = "Benchmarks/figures/run --only "


@dataclasses.dataclass
class Goal:
    title: str
    goal: str
    values: Callable  # of results: the figure of each turn
    is_reached: Callable  # by their median
    step: str  # what measures it
    unit: str = ""


def at(name, *path, point="all", factor=1.0):
    return lambda results: [factor * value for value in results.values(name, point, *path)]


def most(limit):
    return lambda median: median <= limit


def least(limit):
    return lambda median: median >= limit


def growth(results):
    """Memory in the last million jobs, in percent of that in the second."""
    return [100 * one / two for one, two in zip(results.values("worker", "all", "last_tenth"), results.values("worker", "all", "second_tenth"))]


GOALS = [
    Goal("waiting job, 200 B, of 100,000", "≤ 350 B", at("queue", "fill", "bytes", point="few"), most(350), "queue", "B"),
    Goal("waiting job, 200 B, of 10 million", "≤ 350 B", at("queue", "fill", "bytes", point="many"), most(350), "queue", "B"),
    Goal("idle enqueue → start, 16 processes, p50", "≤ 0.5 ms", at("latency", "p50_ms"), most(0.5), "latency", "ms"),
    Goal("the same, p99", "≤ 2 ms", at("latency", "p99_ms"), most(2), "latency", "ms"),
    Goal("processes woken for a job", "1", at("latency", "woken"), most(1.1), "latency"),
    Goal("delayed, ms late, p50", "≤ 2 ms", at("delayed", "p50_ms"), most(2), "delayed", "ms"),
    Goal("the same, p99", "≤ 20 ms", at("delayed", "p99_ms"), most(20), "delayed", "ms"),
    Goal("the same, the earliest", "never early", at("delayed", "min_ms"), least(0), "delayed", "ms"),
    Goal("10 million waiting jobs, most memory of Redis", "≤ 3.5 GB", at("queue", "peak", point="many", factor=1e-9), most(3.5), "queue", "GB"),
    Goal("1,000 idle queues, 16 workers: Redis", "≤ 3 % of a core", at("queues", "redis_pct"), most(3), "queues", "%"),
    Goal("idle, 16 workers: Redis and all of them", "≤ 1 % of a core", at("idle", "both_pct"), most(1), "idle", "%"),
    Goal("worker process, idle", "≤ 30 MB", at("idle", "rss", factor=1e-6), most(30), "idle", "MB"),
    Goal("the same, at full drain, most", "≤ 60 MB", at("queue", "drain", "rss", point="few", factor=1e-6), most(60), "queue", "MB"),
    Goal("the same, over 10 million jobs, most", "≤ 60 MB", at("worker", "most", factor=1e-6), most(60), "worker", "MB"),
    Goal("its last million jobs, in % of its second", "flat: ≤ 105 %", growth, most(105), "worker", "%"),
    Goal("`stint enqueue x '{}'` beyond a round trip", "≤ 15 ms", at("call", "beyond"), most(15), "call", "ms"),
    Goal("`stint enqueue --bulk`, a file of 1 M lines", "≥ 150,000/s", at("bulk", "per_s"), least(150_000), "bulk", "/s"),
]
