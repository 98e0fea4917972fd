# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Kills workers and the server while jobs run, and counts afterwards: acknowledged, lost, doubled (T21, short form)."""
import collections
import os
import random
import threading
import time

from lib.peer import kill_tree
from lib.server import Server
from lib.speed import lines

RATE, SECONDS, HOLD_MS = 20, 15, 20
GATE = threading.Semaphore(3)  # so many are under fire at a time; the others wait for their last jobs


def faults(peer, seed, limit, crowd):
    """Two workers with the tightest settings, log on disk flushed each second; a kill -9 of a worker every 2 s, of the server twice."""
    crowd.wait_for_all_struck()
    chance = random.Random(seed)
    workers, kills, restarts = [], collections.Counter(), 0
    with Server(peer.server, appends=True) as server:
        runs, acks = os.path.join(server.folder, "runs"), os.path.join(server.folder, "acks")

        def worker():
            return peer.start("work", server, "--log", runs, "--tight")

        def supervise():
            nonlocal restarts
            for index, one in enumerate(workers):
                if one.poll() is not None:
                    workers[index] = worker()
                    restarts += 1

        feeder, is_under_fire = None, True
        GATE.acquire()
        try:
            workers += [worker(), worker()]
            time.sleep(4)
            feeder = peer.start("feed", server, "--log", acks, "--tight", "--jobs", RATE * SECONDS, "--rate", RATE, "--hold-ms", HOLD_MS)
            begun = time.time()
            plan = [(2 + 2 * n + chance.random(), "worker") for n in range(6)]
            plan += [(5 + chance.random(), "server"), (10 + chance.random(), "server")]
            for at, what in sorted(plan):
                while time.time() < begun + at:
                    supervise()
                    time.sleep(0.05)
                kills[what] += 1
                if what == "server":
                    server.kill()
                    time.sleep(0.3)
                    server.start()
                else:
                    victim = chance.choice(workers)
                    kill_tree(victim.pid)
                    victim.wait()
            feeder.wait(120)
            GATE.release()
            is_under_fire = False
            acked, ends = wait_for_end(runs, acks, supervise, limit)
        finally:
            if is_under_fire:
                GATE.release()
            for process in [*workers, *([feeder] if feeder else [])]:
                kill_tree(process.pid)
                process.wait()
    return {
        "acknowledged": len(acked), "lost": len(acked - ends.keys()), "doubled": sum(count > 1 for count in ends.values()),
        "worker_kills": kills["worker"], "server_kills": kills["server"], "restarts": restarts - kills["worker"], "limit": limit,
    }


def wait_for_end(runs, acks, supervise, limit):
    """Until each acknowledged job has ended once, or the limit has passed."""
    deadline = time.time() + limit
    while True:
        supervise()
        acked = {line["id"] for line in lines(acks) if line["event"] == "ack"}
        ends = collections.Counter(line["id"] for line in lines(runs) if line["event"] == "end")
        if not acked - ends.keys() or time.time() > deadline:
            return acked, ends
        time.sleep(0.25)
