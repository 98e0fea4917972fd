# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What Redis holds and does: queues on nodes, their ready jobs, their wake markers. Calls cost what was measured."""
from collections import deque

from lib.costs import SINGLE_LIMIT


class Queue:
    """A queue, or one shard of one; `backlog` is for a queue that never runs empty, and keeps no times."""

    def __init__(self, world, tag, node, backlog=False, replenished=False):
        self.world, self.tag, self.node = world, tag, node
        self.backlog, self.replenished = backlog, replenished
        self.ready = deque()
        self.left = 0  # jobs of a backlog that ends
        self.marker, self.waiters = False, deque()
        self.consumed = self.completed = 0

    @property
    def has_more(self):
        return self.backlog or self.left > 0 or bool(self.ready)

    def take(self, limit):
        """How many jobs a claim gets; their waits are noted as they leave."""
        if self.backlog:
            return [None] * limit
        if self.left:
            count = min(limit, self.left)
            self.left -= count
            return [None] * count
        return [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]

    def announce(self):
        """Sets the wake marker: one worker that waits gets it. Returns what that costs Redis beside the call's own time."""
        if not self.waiters:
            self.marker = True
            return 0.0
        process = self.waiters.popleft()
        self.world.wakes += 1
        self.world.later(process.woke, self)
        return self.world.costs.wake

    def enqueue(self, times, answered=None):
        """A producer's call arrives at the node."""
        def begin():
            self.ready.extend(times)
            return self.world.costs.enqueue(len(times)) + self.announce(), end

        def end():
            if answered:
                self.world.later(answered)

        self.node.run(begin)

    def advance(self, process, limit, finished):
        """A worker's call arrives at the node."""
        found = []

        def begin():
            found.extend(self.take(limit))
            self.completed += finished
            self.world.calls += 1
            self.world.claimed += len(found)
            extra = self.announce() if self.has_more else 0.0
            self.replace(finished)
            return self.world.costs.advance(finished, len(found)) + extra, end

        def end():
            self.world.later(process.claimed, self, limit, found, self.has_more)

        self.node.run(begin)

    def replace(self, finished):
        """Producers put in as many jobs as were finished, in calls as full as those of single jobs can be."""
        if not self.replenished:
            return
        self.consumed += finished
        while self.consumed >= SINGLE_LIMIT:
            self.consumed -= SINGLE_LIMIT
            self.node.run(lambda: (self.world.costs.enqueue(SINGLE_LIMIT), lambda: None))

    def listen(self, process):
        """A worker waits for the marker, and gets it at once where it stands."""
        if self.marker:
            self.marker = False
            self.world.wakes += 1
            self.node.run(lambda: (self.world.costs.wake, lambda: self.world.later(process.woke, self)))
        else:
            self.waiters.append(process)


class Producer:
    """Enqueues at a mean rate, whatever the answers take: what arrives while both lanes are under way gathers."""

    def __init__(self, world, queue, rate):
        self.world, self.queue, self.gap = world, queue, 1e6 / rate
        self.waiting, self.lanes = deque(), 2
        self.arrive_later()

    def arrive_later(self):
        self.world.simulation.after(self.world.random.expovariate(1) * self.gap, self.arrive)

    def arrive(self):
        self.waiting.append(self.world.simulation.now)
        self.pump()
        self.arrive_later()

    def pump(self):
        while self.lanes and self.waiting:
            self.lanes -= 1
            batch = [self.waiting.popleft() for _ in range(min(SINGLE_LIMIT, len(self.waiting)))]
            self.world.later(self.queue.enqueue, batch, self.answered)

    def answered(self):
        self.lanes += 1
        self.pump()
