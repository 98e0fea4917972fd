# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What the parts of a job's life cost, as measured: µs of Redis' one processor, µs of a client's, bytes."""
import json
import os

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "costs.json")

# What a process sends on its own account: Sources/Stint/Worker (WorkerSettings, Heartbeat, WorkerMachine+leases).
LEASE = 10.0
BEAT_INTERVAL = 5.0
SWEEPS_A_TRIM = 10
LONGEST_WAIT = 5.0
SINGLE_LIMIT, ADVANCE_LIMIT = 100, 200


def sweep_interval(queues, lease=LEASE):
    """Seconds between two looks of a worker at one of its queues: longer where it has very many."""
    brief = min(1.0, lease / 6)
    return min(max(brief, 0.005 * queues), max(brief, lease / 4))


class Costs:
    """`redis.enqueue` and `redis.advance` are the coefficients of a call: µs = call + each × jobs."""

    def __init__(self, values):
        self.values = values
        redis, client = values["redis"], values["client"]
        self.enqueue_call, self.enqueue_job = redis["enqueue"]["call"], redis["enqueue"]["job"]
        self.advance_call = redis["advance"]["call"]
        self.finish_job, self.claim_job = redis["advance"]["finish"], redis["advance"]["claim"]
        self.sweep, self.trim, self.beat, self.wake = (redis[key] for key in ("sweep", "trim", "beat", "wake"))
        self.run_call, self.run_job = client["run"]["call"], client["run"]["job"]

    @property
    def cold(self):
        """How many times as much calls cost that come now and then, by what one queue more cost beside an idle worker."""
        idle = self.values["idle"]
        few, many = sorted(idle, key=int)
        measured = idle[many]["redis_us_per_s"] - idle[few]["redis_us_per_s"]
        return max(1.0, measured / 1e6 / (self.idle_node(1, int(many)) - self.idle_node(1, int(few))))

    @staticmethod
    def load(path=PATH):
        with open(path, encoding="utf-8") as file:
            return Costs(json.load(file))

    def enqueue(self, jobs):
        return self.enqueue_call + self.enqueue_job * jobs

    def advance(self, finished, claimed):
        return self.advance_call + self.finish_job * finished + self.claim_job * claimed

    def life(self, batch):
        """Redis µs of a whole job, where so many travel in each call."""
        return (self.enqueue(batch) + self.advance(batch, batch)) / batch

    def node_limit(self, batch=SINGLE_LIMIT):
        """Jobs a second that one node carries from enqueue to end, beside nothing else."""
        return 1e6 / self.life(batch)

    def process_limit(self, batch=SINGLE_LIMIT):
        """Jobs a second that one worker process runs on one processor, if their handlers do nothing."""
        return 1e6 / (self.run_job + self.run_call / batch)

    def idle_node(self, processes, queues):
        """The part of one processor that idle workers cost Redis, all nodes together, if each looks at all queues."""
        looks = processes * queues / sweep_interval(queues)
        return (looks * (self.sweep + self.trim / SWEEPS_A_TRIM) + processes * self.beat / BEAT_INTERVAL
                + processes * queues * self.wake / LONGEST_WAIT) / 1e6


def fit(samples):
    """Least squares: samples are (µs, [factors]); returns a coefficient for each factor.

    Each is weighed by its own size, so that short calls count as much as long ones.
    """
    size = len(samples[0][1])
    rows = [[0.0] * (size + 1) for _ in range(size)]
    for value, factors in samples:
        scaled = [factor / value for factor in factors]
        for at in range(size):
            for other in range(size):
                rows[at][other] += scaled[at] * scaled[other]
            rows[at][size] += scaled[at]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for row in range(size):
            if row != at:
                share = rows[row][at] / rows[at][at]
                rows[row] = [left - share * right for left, right in zip(rows[row], rows[at])]
    return [rows[at][size] / rows[at][at] for at in range(size)]
