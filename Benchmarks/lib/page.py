#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Joins the sections that the commands of Benchmarks/ wrote into docs/benchmarks.md.

A section is a file NN-name.md in .build-peers/sections; it stands in the page in the order of these names, between
marks. What the page has of a section whose file is not there (another machine, a fresh clone) stays as it is.
"""
import argparse
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECTIONS = os.path.join(ROOT, ".build-peers", "sections")
PAGE = os.path.join(ROOT, "docs", "benchmarks.md")
HEAD = """# Benchmarks

Every figure below was printed by the command that its section names; nothing between the marks is written by hand.
"""


def present(page):
    """The sections that the page has already."""
    try:
        with open(page, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return {}
    found = re.findall(r"^<!-- begin (\S+) -->\n(.*?)^<!-- end \1 -->$", text, re.M | re.S)
    return {name: body.strip("\n") for name, body in found}


def fragments(folder):
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if re.fullmatch(r"\d\d-[a-z]+\.md", name):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[name.removesuffix(".md")] = file.read().strip("\n")
    return found


def join(folder=SECTIONS, page=PAGE):
    sections = {**present(page), **fragments(folder)}
    parts = [HEAD] + [f"<!-- begin {name} -->\n{sections[name]}\n<!-- end {name} -->\n" for name in sorted(sections)]
    with open(page + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join(parts))
    os.replace(page + ".new", page)


def write(name, text, folder=SECTIONS, page=PAGE):
    """Writes one section, then the page."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".md"), "w", encoding="utf-8") as file:
        file.write(text.strip("\n") + "\n")
    join(folder, page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sections", default=SECTIONS, help="the folder of the sections")
    parser.add_argument("--out", default=PAGE, help="the page")
    chosen = parser.parse_args()
    join(chosen.sections, chosen.out)
