# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The figures that Stint aims at, as far as this run can judge them, and what a C client reaches with the same scripts."""
import statistics

from lib.cells import life, number, spread, table

BATCHES = ("floor-scripts-50", "floor-scripts-100", "floor-scripts-200")
RAW, DECODED = "stint-raw", "stint-decoded"


def median(values):
    return statistics.median(values) if values else None


def is_crash_safe(results, peer):
    """Whether the job of a killed worker ran again in each turn, with the defaults or with the tightest settings."""
    for measure in ("recovery", "recovery-tight"):
        found = [one["result"]["seconds"] for one in results.of(measure, peer) if "error" not in one["result"]]
        if found and None not in found:
            return True
    return False


def fastest(results, meta):
    """The crash-safe peer on Redis that drains the fastest."""
    names = [name for name, facts in meta["peers"].items() if not name.startswith(("stint", "floor"))
             and facts.get("server", "redis") == "redis" and is_crash_safe(results, name) and results.median("throughput", name, "drain", "per_s")]
    return max(names, key=lambda name: results.median("throughput", name, "drain", "per_s"), default=None)


def best(results, phase):
    """The most that the C client reaches with the same scripts, at any number of jobs a call."""
    found = [results.median("throughput", peer, phase, "per_s") for peer in results.peers("throughput") if peer.startswith("floor-scripts")]
    return max((one for one in found if one), default=None)


def row(goal, wanted, values, is_reached, beside="–"):
    if not values:
        return [goal, wanted, "–", "not measured", beside]
    return [goal, wanted, spread(values), "reached" if is_reached(statistics.median(values)) else "**not reached**", beside]


def rate(results, goal, peer, phase, wanted):
    limit = best(results, phase)
    return row(goal, f"≥ {number(wanted)} /s", results.values("throughput", peer, phase, "per_s"), lambda value: value >= wanted,
               f"{number(limit)} /s" if limit else "–")


def against_floor(results, measure, goal):
    """The C client's whole life of a job, of its best batch, as a multiple of the bare list's."""
    lives = [life(results, measure, peer) for peer in BATCHES]
    ours = min((one for one in lives if one), key=statistics.median, default=[])
    floor = median(life(results, measure, "floor-list"))
    beside = f"{spread(ours)} µs; bare list {number(floor)} µs"
    if whole := life(results, measure, RAW):
        beside += f"; Stint itself {spread(whole)} µs"
    return row(goal, "≤ 2.5 ×", [one / floor for one in ours] if floor else [], lambda value: value <= 2.5, beside)


def section(results, meta):
    peer = fastest(results, meta)
    theirs = results.median("throughput", peer, "drain", "per_s") if peer else None
    drains = results.values("throughput", RAW, "drain", "per_s")
    costs = [median(results.values("throughput", one, "drain", "redis_us")) for one in (*BATCHES, "floor-scripts-500")]
    cost = min((one for one in costs if one), default=None)
    rows = [
        rate(results, "drain, raw payload", RAW, "drain", 100_000),
        row(f"the same against {peer}, the fastest crash-safe peer on Redis", "≥ 15 ×", [one / theirs for one in drains] if theirs else [],
            lambda value: value >= 15),
        row("Redis in a drain, µs a job", "≤ 10", results.values("throughput", RAW, "drain", "redis_us"), lambda value: value <= 10,
            f"{number(cost)} µs" if cost else "–"),
        rate(results, "drain, decoded into a struct of 7 fields", DECODED, "drain", 50_000),
        rate(results, "enqueue one by one, 64 callers", RAW, "enqueue", 120_000),
        rate(results, "bulk enqueue", RAW, "bulk", 300_000),
        against_floor(results, "throughput", "Redis µs of a job's whole life at 50 to 200 a call, everything on, over the bare list's"),
        against_floor(results, "throughput-aof", "the same with AOF everysec"),
        row("memory of a waiting job, B", "≤ 350", results.values("throughput", RAW, "enqueue", "bytes"), lambda value: value <= 350,
            spread(results.values("throughput", "floor-scripts-100", "bulk", "bytes")) + " B"),
        row("delayed by 2 s, idle: ms late, p50", "≤ 2", results.values("delayed", RAW, "p50_ms"), lambda value: value <= 2),
        row("the same, p99", "≤ 20", results.values("delayed", RAW, "p99_ms"), lambda value: value <= 20),
        row("the same, earliest", "≥ 0", [min(found)] if (found := results.values("delayed", RAW, "min_ms")) else [], lambda value: value >= 0),
        row("memory of a worker at full drain, MB", "≤ 60", [one / 1e6 for one in results.values("throughput", RAW, "drain", "rss")],
            lambda value: value <= 60),
    ]
    return table(["goal", "wanted", "measured", "verdict", "C client on the same scripts"], rows)
