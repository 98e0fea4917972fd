# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What happens when a worker dies or stands still: when its job runs again, and whether its late finish counts."""
import os
import signal
import threading
import time

from lib.peer import Failed, kill_tree, owner, signal_tree
from lib.server import Server, Watch
from lib.speed import lines, starts

HOLD_MS = 2000
SET_UP = threading.Semaphore(6)  # stages wait side by side, but few are set up at a time,
STRIKE = threading.Semaphore(2)  # and few are struck at a time, so that a quick recovery is not slowed by the others


class Crowd:
    """Stages that are struck only when all are set up: many processes that start would slow down what is measured."""

    def __init__(self, count):
        self.to_set_up = self.to_strike = count
        self.change = threading.Condition()

    def is_set_up(self):
        with self.change:
            self.to_set_up -= 1
            self.change.notify_all()

    def is_struck(self):
        with self.change:
            self.to_strike -= 1
            self.change.notify_all()

    def wait_for_all_set_up(self):
        with self.change:
            self.change.wait_for(lambda: self.to_set_up <= 0)

    def wait_for_all_struck(self):
        """What comes now disturbs only those that wait for long."""
        with self.change:
            self.change.wait_for(lambda: self.to_strike <= 0)


class Stage:
    """A server, two workers, and a job that one of them has begun."""

    def __init__(self, peer, tight, crowd):
        self.peer, self.more, self.crowd = peer, ["--tight"] if tight else [], crowd
        self.workers, self.feeder, self.is_striking, self.is_struck = {}, None, False, False

    def __enter__(self):
        self.server = Server(self.peer.server)
        self.log = os.path.join(self.server.folder, "runs")
        try:
            try:
                with SET_UP:
                    self.set_up()
            finally:
                self.crowd.is_set_up()
            self.crowd.wait_for_all_set_up()
            STRIKE.acquire()
            self.is_striking = True
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def set_up(self):
        self.server.start()
        self.add_worker()
        self.peer.call("feed", self.server, "--jobs", 1, *self.more)
        starts(self.log, 1, 60)
        self.add_worker()
        time.sleep(4)
        self.base = len(starts(self.log, 1, 1))

    def begin(self):
        """Has one of the workers begin the job."""
        self.feeder = self.peer.start("feed", self.server, "--jobs", 1, "--hold-ms", HOLD_MS, *self.more)
        first = self.run(1, 60)
        if not first:
            raise Failed("the job did not start within 60 s")
        self.first = self.worker_of(first)

    def let_it_run(self):
        """A moment, so that the job is in its sleep; a queue that gives out the job again meanwhile has not recovered it."""
        time.sleep(0.3)
        if self.run(2, 0.05):
            raise Failed("the job was started twice though nothing had happened")

    def let_others_strike(self):
        if self.is_striking:
            self.is_striking = False
            STRIKE.release()
        if not self.is_struck:
            self.is_struck = True
            self.crowd.is_struck()

    def __exit__(self, *_):
        self.let_others_strike()
        for process in [*self.workers.values(), *([self.feeder] if self.feeder else [])]:
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

    def ended(self, number, limit):
        """Whether so many of the job's runs write their end in time; the warm-up job's end is one more."""
        deadline = time.time() + limit
        while True:
            if sum(line["event"] == "end" for line in lines(self.log)) > number:
                return True
            if time.time() > deadline:
                return False
            time.sleep(0.02)

    def run(self, number, limit):
        """The start of the job's run of this number, or None if it does not come in time."""
        deadline = time.time() + limit
        while time.time() < deadline:
            found = [line for line in lines(self.log) if line["event"] == "start"]
            if len(found) >= self.base + number:
                return found[self.base + number - 1]
            time.sleep(0.02)
        return None


def recovery(peer, tight, limit, crowd):
    """kill -9 of a worker and all it started, in the middle of a job: after how many seconds the job runs again."""
    with Stage(peer, tight, crowd) as stage:
        stage.let_it_run()
        kill_tree(stage.first)
        killed = time.time()
        if stage.ended(1, 0):
            raise Failed("the job had ended before its worker was killed: the machine stood still")
        again = stage.run(2, 4)
        stage.let_others_strike()
        again = again or stage.run(2, limit - 4)
        return {"seconds": again["at"] - killed if again else None, "limit": limit}


def stale(peer, limit, crowd):
    """Whether a finish counts that comes after the job was given to another worker.

    The first worker stands still until another has the job; it goes on and finishes, then the second is killed. If the
    job runs a third time, the late finish was refused; if it does not, the finish ended a job that was not its own.

    Where jobs run in processes of their own (`stops: worker`), those go on: the job ends while its worker stands still.
    A worker that learns first that the job is not its own may send no finish at all; `lease:` tells what a lease looks like
    among the commands that Redis is sent, and the driver's verb `late` then sends that finish for it.
    """
    with Stage(peer, True, crowd) as stage:
        is_outside = peer.facts.get("stops") == "worker"
        stop_or_go = os.kill if is_outside else signal_tree
        lease = Watch(stage.server).find(peer.facts["lease"], 2) if "lease" in peer.facts else None
        stage.let_it_run()
        stop_or_go(stage.first, signal.SIGSTOP)
        stopped = time.time()
        second = stage.run(2, 4)
        if not second:
            stage.let_others_strike()
            second = stage.run(2, limit - 4)
        if not second:
            stop_or_go(stage.first, signal.SIGCONT)
            return {"accepted": None, "why": f"not given to another worker within {limit} s"}
        waited = second["at"] - stopped
        second_worker = stage.worker_of(second)
        if is_outside:
            stage.ended(1, HOLD_MS / 1000 + 1)
        stop_or_go(stage.first, signal.SIGCONT)
        if not stage.ended(1, 1.5):
            return {"accepted": None, "why": "the first run was broken off", "waited": waited}
        more = {}
        if lease:
            time.sleep(0.1)
            more = {"late": peer.call("late", stage.server, "--lease", lease)}
        time.sleep(0.4)
        kill_tree(second_worker)
        stage.let_others_strike()
        if stage.ended(2, 0.1):
            raise Failed("the second run had ended before its worker was killed: the machine stood still")
        stage.add_worker()
        return {"accepted": stage.run(3, waited * 1.5 + 15) is None, "waited": waited, **more}
