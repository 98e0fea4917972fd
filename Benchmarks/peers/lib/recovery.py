# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What happens when a worker dies or stands still: when its job runs again, and whether its late finish counts."""
import os
import signal
import threading
import time

from lib.peer import Failed, kill_tree, owner, signal_tree
from lib.server import Server
from lib.speed import lines, starts

HOLD_MS = 2000
GATE = threading.Semaphore(6)  # stages wait side by side, but few are set up at a time


class Stage:
    """A server, two workers, and a job that one of them has begun."""

    def __init__(self, peer, tight):
        self.peer, self.more = peer, ["--tight"] if tight else []
        self.workers = {}

    def __enter__(self):
        with GATE:
            return self.set_up()

    def set_up(self):
        self.server = Server(self.peer.server)
        self.server.start()
        self.log = os.path.join(self.server.folder, "runs")
        try:
            self.add_worker()
            self.peer.call("feed", self.server, "--jobs", 1, *self.more)
            starts(self.log, 1, 60)
            self.add_worker()
            time.sleep(4)
            self.base = len(starts(self.log, 1, 1))
            self.feeder = self.peer.start("feed", self.server, "--jobs", 1, "--hold-ms", HOLD_MS, *self.more)
            first = self.run(1, 60)
            if not first:
                raise Failed("the job did not start within 60 s")
            self.first = self.worker_of(first)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in [*self.workers.values(), *([self.feeder] if hasattr(self, "feeder") else [])]:
            kill_tree(process.pid)
            process.wait()
        self.server.__exit__()

    def add_worker(self):
        worker = self.peer.start("work", self.server, "--log", self.log, *self.more)
        self.workers[worker.pid] = worker

    def worker_of(self, line):
        pid = owner(line["pid"], self.workers)
        if not pid:
            raise Failed("the run belongs to no worker that is alive")
        return pid

    def run(self, number, limit):
        """The start of the job's run of this number, or None if it does not come in time."""
        deadline = time.time() + limit
        while time.time() < deadline:
            found = [line for line in lines(self.log) if line["event"] == "start"]
            if len(found) >= self.base + number:
                return found[self.base + number - 1]
            time.sleep(0.02)
        return None


def recovery(peer, tight, limit):
    """kill -9 of a worker and all it started, in the middle of a job: after how many seconds the job runs again."""
    with Stage(peer, tight) as stage:
        time.sleep(0.3)
        kill_tree(stage.first)
        killed = time.time()
        again = stage.run(2, limit)
        return {"seconds": again["at"] - killed if again else None, "limit": limit}


def stale(peer, limit):
    """Whether a finish counts that comes after the job was given to another worker.

    The first worker stands still until another has the job; it goes on and finishes, then the second is killed. If the
    job runs a third time, the late finish was refused; if it does not, the finish ended a job that was not its own.
    """
    with Stage(peer, True) as stage:
        signal_tree(stage.first, signal.SIGSTOP)
        stopped = time.time()
        second = stage.run(2, limit)
        if not second:
            signal_tree(stage.first, signal.SIGCONT)
            return {"accepted": None, "why": f"not given to another worker within {limit} s"}
        waited = second["at"] - stopped
        second_worker = stage.worker_of(second)
        signal_tree(stage.first, signal.SIGCONT)
        deadline = time.time() + 1
        while time.time() < deadline and not ended(stage.log):
            time.sleep(0.02)
        if not ended(stage.log):
            return {"accepted": None, "why": "the first run was broken off", "waited": waited}
        time.sleep(0.4)
        kill_tree(second_worker)
        stage.add_worker()
        return {"accepted": stage.run(3, waited * 1.5 + 15) is None, "waited": waited}


def ended(log):
    """Whether the held job's first run wrote its end; the warm-up job's end is the other one."""
    return sum(line["event"] == "end" for line in lines(log)) >= 2
