# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""A worker process, with the rules of Sources/Stint/Worker/WorkerMachine+claims.swift: a queue is asked while it is
promising; one call a queue may be in flight, a second one when half of the slots are free or to be finished; ends travel
with claims; while slots are free it waits for the queues' markers."""
from lib.costs import ADVANCE_LIMIT, BEAT_INTERVAL, SWEEPS_A_TRIM, sweep_interval


class Served:
    """What a worker knows of one of its queues."""

    def __init__(self):
        self.promising, self.calls, self.finishing, self.sweeps = False, 0, 0, 0
        self.woken = False


class Process:
    """`computer` runs what jobs cost the client, in pieces of `chunk` jobs; a handler waits `handler` µs beside that."""

    def __init__(self, world, queues, slots, computer, handler=0.0):
        self.world, self.slots, self.computer, self.handler = world, slots, computer, handler
        self.queues = {queue: Served() for queue in queues}
        # Those without a call that have ended jobs, and those that may claim; those with one call; those not listened to.
        self.ending, self.claimable, self.second = {}, {}, {}
        self.unheard = dict.fromkeys(queues)
        self.chunk = max(1, slots // 16)
        self.busy = self.reserved = self.finishing = 0
        self.interval = sweep_interval(len(queues)) * 1e6
        for queue in queues:
            world.simulation.after(world.random.random() * min(self.interval, world.start), self.sweep, queue)
        world.simulation.after(world.random.random() * BEAT_INTERVAL * 1e6, self.beat)

    @property
    def free(self):
        return self.slots - self.busy - self.reserved

    def change(self, queue, calls=0, finishing=0, promising=None):
        one = self.queues[queue]
        one.calls += calls
        one.finishing += finishing
        self.finishing += finishing
        if promising is not None:
            one.promising = promising
        for group, belongs in ((self.ending, not one.calls and one.finishing), (self.claimable, not one.calls and one.promising),
                               (self.second, one.calls == 1 and (one.promising or one.finishing))):
            if belongs:
                group[queue] = one
            else:
                group.pop(queue, None)

    def dispatch(self):
        names = list(self.ending)
        if self.free > 0 and self.claimable:
            # Each takes at least one slot.
            names += self.world.random.sample(list(self.claimable), min(self.free, len(self.claimable)))
        for queue in names:
            self.send(queue, self.queues[queue])
        # Where others may claim, no part of the free slots is half of all.
        if self.finishing * 2 >= self.slots or (not self.claimable and self.free * 2 >= self.slots):
            for queue in list(self.second):
                self.send(queue, self.queues[queue])
        if self.free > 0 and self.unheard:
            for queue in self.unheard:
                self.world.later(queue.listen, self)
            self.unheard.clear()

    def share(self, one):
        """A queue's part of the free slots among those that may claim now."""
        rivals = len(self.claimable) + (one.calls > 0)
        return min(self.free, max(1, -(-self.free // rivals))) if self.free > 0 else 0

    def send(self, queue, one):
        wanted = self.share(one) if one.promising else 0
        finished = min(one.finishing, ADVANCE_LIMIT // 2)
        limit = min(wanted, ADVANCE_LIMIT - finished)
        if not limit and not finished or one.calls > 1:
            return
        if one.calls and max(wanted, one.finishing) * 2 < self.slots:
            return
        self.change(queue, calls=1, finishing=-finished)
        self.reserved += limit
        self.world.later(queue.advance, self, limit, finished)

    def claimed(self, queue, limit, times, has_more):
        one = self.queues[queue]
        self.reserved -= limit
        self.busy += len(times)
        self.change(queue, calls=-1, promising=has_more or one.woken)
        one.woken = False
        call = self.world.costs.run_call
        for at in range(0, len(times), self.chunk):
            self.compute(queue, times[at:at + self.chunk], call)
            call = 0.0
        self.dispatch()

    def compute(self, queue, times, call):
        def begin():
            now = self.world.simulation.now
            self.world.waits.extend(now - time for time in times if time is not None)
            return call + self.world.costs.run_job * len(times), end

        def end():
            if self.handler:
                self.world.simulation.after(self.handler, self.ended, queue, len(times))
            else:
                self.ended(queue, len(times))

        self.computer.run(begin)

    def ended(self, queue, count):
        self.busy -= count
        self.change(queue, finishing=count)
        self.dispatch()

    def woke(self, queue):
        one = self.queues[queue]
        if one.calls == 0 and self.free <= 0:
            # It cannot use the hint: it puts it back and leaves the queue out of its wait for a second.
            self.world.simulation.after(1e6, self.hear, queue)
            self.world.later(queue.node.run, lambda: (self.world.costs.wake + queue.announce(), lambda: None))
            return
        if one.calls:
            one.woken = True
        else:
            self.change(queue, promising=True)
        self.hear(queue)

    def hear(self, queue):
        self.unheard[queue] = None
        self.dispatch()

    def sweep(self, queue):
        def begin():
            self.world.sweeps += 1
            return cost, end

        def end():
            if queue.has_more:
                self.world.later(self.found, queue)

        one = self.queues[queue]
        one.sweeps += 1
        cost = self.world.costs.sweep + (self.world.costs.trim if one.sweeps % SWEEPS_A_TRIM == 0 else 0)
        self.world.later(queue.node.run, begin)
        self.world.simulation.after(self.interval * (0.94 + 0.06 * self.world.random.random()), self.sweep, queue)

    def found(self, queue):
        self.change(queue, promising=True)
        self.dispatch()

    def beat(self):
        self.world.later(self.world.nodes[0].run, lambda: (self.world.costs.beat, lambda: None))
        self.world.simulation.after(BEAT_INTERVAL * 1e6, self.beat)
