# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The goals: what each is about, where its figures stand in the results, and when it is reached."""
import dataclasses
import os
import statistics
from collections.abc import Callable

from lib import peer
from lib.results import Results

PEERS, OWN = "Benchmarks/peers/run", "Benchmarks/figures/run --only="


@dataclasses.dataclass
class Goal:
    title: str
    goal: str
    values: Callable  # of results: the figure of each turn
    is_reached: Callable  # by their median
    command: str
    unit: str = ""


def at(name, *path, point="all", factor=1.0):
    return lambda results: [factor * value for value in results.values(name, point, *path)]


def most(limit):
    return lambda median: median <= limit


def least(limit):
    return lambda median: median >= limit


def peers_results():
    return Results(os.path.join(peer.BUILD, "results.jsonl"), False)


def life(results, name, measure):
    """Redis µs of a whole life: bulk enqueue and drain."""
    return [sum(pair) for pair in zip(results.values(measure, name, "bulk", "redis_us"), results.values(measure, name, "drain", "redis_us"))]


def against_floor(measure):
    def values(results):
        floor = life(results, "floor-list", measure)
        return [one / statistics.median(floor) for one in life(results, "stint-raw", measure)] if floor else []
    return values


def against_peers(results):
    """Drain, against the fastest peer on Redis whose jobs came back after a kill -9."""
    safe = [name for name in results.peers("throughput") if not name.startswith(("stint", "floor", "beanstalkd")) and any(
        results.values(recovery, name, "seconds") for recovery in ("recovery", "recovery-tight"))]
    speeds = [speed for speed in (results.median("throughput", name, "drain", "per_s") for name in safe) if speed]
    return [one / max(speeds) for one in results.values("throughput", "stint-raw", "drain", "per_s")] if speeds else []


def growth(results):
    """Memory in the last million jobs, in percent of that in the second."""
    return [100 * one / two for one, two in zip(results.values("worker", "all", "last_tenth"), results.values("worker", "all", "second_tenth"))]


def peers(name, phase, key, measure="throughput"):
    return lambda results: results.values(measure, name, phase, key)


GOALS = [
    Goal("drain, raw, one worker process", "≥ 100,000/s", peers("stint-raw", "drain", "per_s"), least(100_000), PEERS, "/s"),
    Goal("the same, × the fastest crash-safe Redis peer", "≥ 15 ×", against_peers, least(15), PEERS, "×"),
    Goal("Redis for a job in this phase", "≤ 10 µs", peers("stint-raw", "drain", "redis_us"), most(10), PEERS, "µs"),
    Goal("drain, decoded into a struct of 7 fields", "≥ 50,000/s", peers("stint-decoded", "drain", "per_s"), least(50_000), PEERS, "/s"),
    Goal("enqueue one by one, 64 callers", "≥ 120,000/s", peers("stint-raw", "enqueue", "per_s"), least(120_000), PEERS, "/s"),
    Goal("bulk enqueue", "≥ 300,000/s", peers("stint-raw", "bulk", "per_s"), least(300_000), PEERS, "/s"),
    Goal("whole life, Redis µs, floors' list = 1", "≤ 2.5 ×", against_floor("throughput"), most(2.5), PEERS, "×"),
    Goal("the same, AOF everysec", "–", against_floor("throughput-aof"), most(float("inf")), PEERS, "×"),
    Goal("waiting job, 200 B, of 100,000", "≤ 350 B", at("queue", "fill", "bytes", point="few"), most(350), OWN + "queue", "B"),
    Goal("waiting job, 200 B, of 10 million", "≤ 350 B", at("queue", "fill", "bytes", point="many"), most(350), OWN + "queue", "B"),
    Goal("idle enqueue → start, 16 processes, p50", "≤ 0.5 ms", at("latency", "p50_ms"), most(0.5), OWN + "latency", "ms"),
    Goal("the same, p99", "≤ 2 ms", at("latency", "p99_ms"), most(2), OWN + "latency", "ms"),
    Goal("processes woken for a job", "1", at("latency", "woken"), most(1.1), OWN + "latency"),
    Goal("delayed, ms late, p50", "≤ 2 ms", at("delayed", "p50_ms"), most(2), OWN + "delayed", "ms"),
    Goal("the same, p99", "≤ 20 ms", at("delayed", "p99_ms"), most(20), OWN + "delayed", "ms"),
    Goal("the same, the earliest", "never early", at("delayed", "min_ms"), least(0), OWN + "delayed", "ms"),
    Goal("10 million waiting jobs, most memory of Redis", "≤ 3.5 GB", at("queue", "peak", point="many", factor=1e-9), most(3.5),
         OWN + "queue", "GB"),
    Goal("1,000 idle queues, 16 workers: Redis", "≤ 3 % of a core", at("queues", "redis_pct"), most(3), OWN + "queues", "%"),
    Goal("idle, 16 workers: Redis and all of them", "≤ 1 % of a core", at("idle", "both_pct"), most(1), OWN + "idle", "%"),
    Goal("worker process, idle", "≤ 30 MB", at("idle", "rss", factor=1e-6), most(30), OWN + "idle", "MB"),
    Goal("the same, at full drain, most", "≤ 60 MB", at("queue", "drain", "rss", point="few", factor=1e-6), most(60), OWN + "queue", "MB"),
    Goal("the same, over 10 million jobs, most", "≤ 60 MB", at("worker", "most", factor=1e-6), most(60), OWN + "worker", "MB"),
    Goal("its last million jobs, in % of its second", "flat: ≤ 105 %", growth, most(105), OWN + "worker", "%"),
    Goal("`stint enqueue x '{}'` beyond a round trip", "≤ 15 ms", at("call", "beyond"), most(15), OWN + "call", "ms"),
    Goal("`stint enqueue --bulk`, a file of 1 M lines", "≥ 150,000/s", at("bulk", "per_s"), least(150_000), OWN + "bulk", "/s"),
]
