# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""How figures and tables look in the page."""
import statistics


def number(value):
    if value is None:
        return "–"
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values):
    """Median (least to greatest)."""
    if not values:
        return "–"
    median = number(statistics.median(values))
    return median if len(values) == 1 else f"{median} ({number(min(values))}–{number(max(values))})"


def table(head, rows):
    return "\n".join(["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]) + "\n"


def life(results, measure, peer, side="redis_us"):
    """Processor µs that one job takes in each turn, enqueued in bulk (one by one where there is no such call) and drained."""
    first = results.values(measure, peer, "bulk", side) or results.values(measure, peer, "enqueue", side)
    return [one + other for one, other in zip(first, results.values(measure, peer, "drain", side))]
