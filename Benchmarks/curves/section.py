# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The section of the page: for each curve its picture and the figures in it."""
import json
import os
import statistics
import subprocess

from curve import CURVES, SATURATED_MS
from lib import peer, setup
from lib.cells import number, table

PICTURES = os.path.join(peer.ROOT, "docs", "benchmarks")


def points(run, curve):
    """The points that have results, in order."""
    names = run.results.peers(curve.name)
    return [x for x in curve.points + curve.long_points if str(x) in names and run.results.values(curve.name, str(x))]


def values(run, curve, x, path):
    return run.results.values(curve.name, str(x), *path)


def drawing(run, curve, xs):
    """What draw.py needs to know: each line's medians with the least and the greatest."""
    panels = []
    for unit, paths in curve.panels:
        lines = {}
        for title, path in paths.items():
            found = [(x, values(run, curve, x, path)) for x in xs]
            lines[title] = [[x, statistics.median(some), min(some), max(some)] for x, some in found if some]
        panels.append({"unit": unit, "lines": lines})
    return {"title": curve.title, "axis": curve.axis, "log_y": curve.log_y, "panels": panels}


def figures(run, curve, xs):
    head, paths = [curve.axis], []
    for unit, lines in curve.panels:
        for title, path in lines.items():
            head.append(f"{title}, {unit}")
            paths.append(path)
    rows = [[f"{x:,}", *(number(statistics.median(some)) if (some := values(run, curve, x, path)) else "–" for path in paths)] for x in xs]
    return table(head, rows)


def text(run):
    if not run.results.of("meta", "all"):
        return "nothing is measured yet"
    folder = os.path.join(os.path.dirname(run.chosen.results), "pictures") if run.is_trial else PICTURES
    os.makedirs(folder, exist_ok=True)
    parts = ["## How the cost grows", run.origin() + " Lines are medians, bars reach from the least to the greatest; tables have medians."]
    for curve in CURVES:
        xs = points(run, curve)
        if not xs:
            continue
        path = os.path.join(folder, curve.name + ".svg")
        draw = ["/usr/bin/python3", os.path.join(os.path.dirname(os.path.abspath(__file__)), "draw.py"), path]
        if subprocess.run(draw, input=json.dumps(drawing(run, curve, xs)), text=True).returncode:
            setup.fail(f"{path} cannot be drawn", "See above; python3-matplotlib is needed.")
        turns = max(len(values(run, curve, x, ())) for x in xs)
        end = f" A point whose median is over {SATURATED_MS} ms is the last: beyond it the queue only grows." if curve.stops else ""
        parts += [f"### {curve.title}", f"![{curve.title}](benchmarks/{curve.name}.svg)", f"`{curve.command}`, {turns} turns.{end}",
                  figures(run, curve, xs)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"
