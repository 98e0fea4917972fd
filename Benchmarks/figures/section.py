# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The section of the page: each goal with its figure, and how the figures change behind ten million jobs."""
import statistics

import goals
from lib.cells import number, spread, table

PHASES = (("fill", "enqueue what waits, in bulk"), ("enqueue", "enqueue one by one"), ("bulk", "enqueue in bulk"), ("drain", "drain"))
MOST = 1.5


def broken(results, name):
    """Why the newest try of a measurement failed, if it has no result."""
    errors = [line["result"]["error"] for line in results.lines if line["measure"] == name and "error" in line["result"]]
    return f"failed: {errors[-1]}" if errors else "not measured"


def goal_rows(results):
    rows = []
    for goal in goals.GOALS:
        values, command = goal.values(results), f"`{goals.COMMAND}{goal.step}`"
        if not values:
            rows.append([goal.title, goal.goal, "–", "–", broken(results, goal.step), command])
            continue
        unit = f" {goal.unit}" if goal.unit else ""
        reached = "reached" if goal.is_reached(statistics.median(values)) else "**not reached**"
        rows.append([goal.title, goal.goal, spread(values) + unit, str(len(values)), reached, command])
    return rows


def ratio_row(results, title, path, unit, name, few="few", many="many", is_speed=False):
    before, after = (results.values(name, point, *path) for point in (few, many))
    if not before or not after:
        return [f"{title}, {unit}", spread(before), spread(after), "–", "–"]
    ratio = statistics.median(after) / statistics.median(before)
    worse = 1 / ratio if is_speed else ratio
    return [f"{title}, {unit}", spread(before), spread(after), number(worse), "yes" if worse <= MOST else "**no**"]


def ratio_rows(results):
    rows = []
    for key, title in PHASES:
        rows.append(ratio_row(results, title, (key, "per_s"), "jobs/s", "queue", is_speed=True))
        rows.append(ratio_row(results, title, (key, "redis_us"), "Redis µs a job", "queue"))
    rows.append(ratio_row(results, "a waiting job", ("fill", "bytes"), "B", "queue"))
    rows += [ratio_row(results, "an urgent job of that queue starts after", (key,), f"ms {key[:-3]}", "urgent") for key in ("p50_ms", "p99_ms")]
    for key in ("enqueue", "bulk", "drain"):
        rows.append(ratio_row(results, f"another queue of that Redis: {key}", (key, "per_s"), "jobs/s", "beside", is_speed=True))
    rows += [ratio_row(results, "another queue: enqueue → start", ("latency", key), f"ms {key[:-3]}", "beside") for key in ("p50_ms", "p99_ms")]
    return rows


def more(results):
    """What the goals' figures consist of."""
    def value(name, *path, point="all", factor=1.0):
        return spread([factor * one for one in results.values(name, point, *path)])

    both = [[title, value(name, "redis_pct"), value(name, "workers_pct"), value(name, "commands_per_s"), value(name, "scripts_per_s")]
            for name, title in (("idle", "one queue"), ("queues", "1,000 queues"))]
    log = [[title, value("log", key, "per_s"), value("log", key, "redis_us")] for key, title in PHASES[1:]]
    start = [[title, value("call", key)] for key, title in (
        ("true", "`true`, which is no Swift program"), ("version", "`stint --version`"), ("enqueue", "`stint enqueue x '{}'`"),
        ("round_trip", "one PING on an open connection"))]
    run = [["`stint work`, idle", value("idle", "rss", factor=1e-6)], ["of it its own, not code that processes share", value("idle", "own", factor=1e-6)],
           ["the worker of `stint bench`, idle", value("worker", "idle", factor=1e-6)], ["second million jobs", value("worker", "second_tenth", factor=1e-6)],
           ["last million jobs", value("worker", "last_tenth", factor=1e-6)], ["most", value("worker", "most", factor=1e-6)],
           ["slope, MB per million jobs", value("worker", "bytes_per_million", factor=1e-6)]]
    claims = [[count, value("claims", count, "per_s"), value("claims", count, "redis_us")] for count in ("1", "1000")]
    return [
        "16 worker processes (`stint work`) with nothing to do, in percent of one core, and what Redis is asked for:\n",
        table(["they serve", "Redis %", "all workers %", "Redis commands/s, those in scripts too", "scripts/s"], both),
        "One worker process of 256 slots drains jobs that are spread evenly:\n",
        table(["queues", "jobs/s", "Redis µs a job"], claims),
        "With AOF everysec (`stint bench --raw`):\n", table(["100,000 jobs", "jobs/s", "Redis µs a job"], log),
        "Whole processes, ms:\n", table(["", "ms"], start),
        "Memory of a worker process, the last one while it runs ten million jobs, MB:\n", table(["", "MB"], run),
    ]


def text(run):
    if not run.results.of("meta", "all"):
        return "nothing is measured yet"
    parts = [
        "## Idle, deep, and from the command line", run.origin() + " Median (range) of n. MB and GB are powers of ten.",
        table(["goal", "wanted", "measured", "n", "", "command"], goal_rows(run.results)),
        "### Ten million waiting jobs",
        f"`{goals.COMMAND}queue,urgent,beside`; no figure may be more than {MOST} × worse than behind 100,000.",
        table(["measure", "behind 100,000", "behind 10,000,000", "× worse", f"within {MOST}"], ratio_rows(run.results)),
        "### What is behind them", *more(run.results)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"
