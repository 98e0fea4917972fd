#!/usr/bin/python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Draws one curve, told on stdin as JSON, into an SVG file: draw.py FILE. The same figures give the same bytes."""
import io
import json
import re
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plot  # noqa: E402
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator  # noqa: E402

# Greys and colours that can be read on white and on black.
GREY, COLOURS, MARKS = "#7d858e", ("#2f81f7", "#d9822b", "#3d9a50"), "os^"
plot.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "stint", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans", "Helvetica"],
    "font.size": 9, "text.color": GREY,
    "axes.labelcolor": GREY, "axes.edgecolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "axes.spines.top": False,
    "axes.spines.right": False, "grid.color": GREY, "grid.alpha": 0.25, "grid.linewidth": 0.6, "legend.frameon": False,
})


def short(value, _=None, steps=((1_000_000, "M"), (1_000, "k"))):
    for size, letter in steps:
        if abs(value) >= size:
            return f"{value / size:g} {letter}"
    return f"{value:g}"


def short_bytes(value, _=None):
    return short(value, steps=((1 << 20, "Mi"), (1 << 10, "Ki")))


def panel(axes, told, curve):
    for (title, points), colour, mark in zip(told["lines"].items(), COLOURS, MARKS):
        xs, ys, least, most = zip(*points)
        bars = [[y - low for y, low in zip(ys, least)], [high - y for y, high in zip(ys, most)]]
        axes.errorbar(xs, ys, yerr=bars, label=title, color=colour, marker=mark, markersize=3.5, linewidth=1.4, elinewidth=0.9, capsize=2)
    every = sorted({point[0] for points in told["lines"].values() for point in points})
    above = [x for x in every if x > 0]
    axes.set_xscale("symlog", linthresh=above[0]) if every[0] == 0 else axes.set_xscale("log")
    axes.set_xticks(every if len(every) < 8 else every[::2], minor=False)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(short_bytes if curve["axis"] == "bytes" else short))
    if curve["log_y"]:
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(short))
    axes.set_xlabel(curve["axis"])
    axes.set_ylabel(told["unit"])
    axes.grid(True, axis="y")
    if len(told["lines"]) > 1:
        axes.legend()


def main():
    curve = json.load(sys.stdin)
    count = len(curve["panels"])
    figure, all_axes = plot.subplots(1, count, figsize=(4.2 * count, 2.9), squeeze=False, layout="constrained")
    for axes, told in zip(all_axes[0], curve["panels"]):
        panel(axes, told, curve)
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Title": curve["title"]})
    # A hundredth of a point is fine enough, and half of the bytes.
    short_text = re.sub(r"\n *", "\n", re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", text.getvalue()))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(short_text)


if __name__ == "__main__":
    main()
