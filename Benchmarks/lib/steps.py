# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Steps that measure, taken once each though the run may be cut off: what they found are lines of a file."""
import argparse
import dataclasses
import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import page
from lib import peer, setup
from lib.results import Results


@dataclasses.dataclass
class Step:
    """One measurement. `call` takes the share of the jobs and returns a result, or several, which count as turns."""
    name: str
    call: Callable
    seconds: float  # about, for the time left
    point: str = "all"
    turns: int | None = None  # None: as many as asked for
    is_moot: Callable = lambda results: False


class Run:
    def __init__(self, doc, file, path, minutes, turns):
        self.path = path
        self.parser = argparse.ArgumentParser(description=doc)
        add = self.parser.add_argument
        add("--only", metavar="NAME,…", help="only these")
        add("--turns", type=int, default=turns, help=f"of each measurement (default: {turns})")
        add("--minutes", type=float, default=minutes, help=f"begin no measurement after so long (default: {minutes})")
        add("--scale", type=float, default=1, help="share of the jobs, to try things out; needs --results, and leaves the page alone")
        add("--fresh", action="store_true", help="forget what is measured already")
        add("--results", default=os.path.join(peer.BUILD, file))
        add("--report", action="store_true", help="write the page from the results, measure nothing")

    def options(self, names):
        chosen = self.chosen = self.parser.parse_args()
        chosen.names = chosen.only.split(",") if chosen.only else names
        unknown = [name for name in chosen.names if name not in names]
        if unknown:
            self.parser.error(f"no such measurement: {', '.join(unknown)}; there are {', '.join(names)}")
        self.is_trial = chosen.results != self.parser.get_default("results")
        if chosen.scale != 1 and not self.is_trial:
            self.parser.error("--scale gives no figures for the page: name other --results as well")
        chosen.results = os.path.abspath(chosen.results)
        os.makedirs(peer.BUILD, exist_ok=True)
        self.results = Results(chosen.results, chosen.fresh and not chosen.report)
        return chosen

    @staticmethod
    def install(purpose):
        """What scripts/lib/setup.sh lists for it, where it is missing."""
        if subprocess.run(["bash", "-c", f". scripts/lib/setup.sh && stint_install_missing {purpose}"], cwd=peer.ROOT).returncode:
            sys.exit(69)

    def go(self, steps):
        """Takes the steps that are left, turn by turn; returns whether all are taken."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        setup.find_stint(peer.peers())
        os.chdir(peer.BUILD)  # no stint.yaml of the caller's is read
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=peer.ROOT, capture_output=True, text=True).stdout.strip()
        self.results.add(measure="meta", peer="all", turn=0, result={
            **setup.machine(), "date": datetime.date.today().isoformat(), "commit": commit,
            "command": " ".join([self.path, *sys.argv[1:]])})
        plan = [(turn, step) for turn in range(1, self.chosen.turns + 1) for step in steps
                if step.name in self.chosen.names and turn <= (step.turns or turn)
                and not self.results.has(step.name, step.point, turn)]
        begun = time.time()
        while plan:
            if time.time() - begun > self.chosen.minutes * 60:
                setup.say(f"{self.chosen.minutes:g} minutes are over and not all is measured; the same command without --fresh goes on")
                return False
            left = int(sum(self.results.seconds(step.name, step.point, step.seconds * self.chosen.scale) for _, step in plan))
            turn, step = plan.pop(0)
            if not step.is_moot(self.results):
                point = "" if step.point == "all" else f" {step.point}"
                setup.say(f"{left // 60}:{left % 60:02} left · turn {turn} · {step.name}{point}: {self.take(turn, step)}")
        return True

    def take(self, turn, step):
        begun = time.time()
        try:
            found = step.call(self.chosen.scale)
        except (peer.Failed, RuntimeError, OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError) as error:
            found = {"error": f"{error}".strip() or repr(error)}
        for number, result in enumerate(found if isinstance(found, list) else [found]):
            self.results.add(measure=step.name, peer=step.point, turn=turn + number, took=round(time.time() - begun, 1), result=result)
        return found

    def publish(self, section, text):
        if self.is_trial:
            setup.say("Not written into the page, since these are results of a trial.")
        else:
            page.write(section, text)
        print(text)

    def origin(self):
        """What made the figures, for the head of a section."""
        heads = self.results.of("meta", "all")
        meta, commits = heads[-1]["result"], dict.fromkeys(one["result"]["commit"] for one in heads)
        return (f"Made by `{self.path}` on {meta['date']}, commit {', '.join(commits)}: {meta['processor']}, {meta['cores']} cores shared by "
                f"Redis and clients, Linux {meta['kernel']}, {meta['redis']}, a fresh private server on a Unix socket for each measurement.")
