# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Events in the order of their times, and what serves them one after the other. Times are in µs; equal seeds give equal
runs."""
import heapq
from collections import deque


class Simulation:
    def __init__(self):
        self.now = 0.0
        self.events = []
        self.count = 0

    def after(self, delay, action, *arguments):
        self.count += 1
        heapq.heappush(self.events, (self.now + delay, self.count, action, arguments))

    def run(self, until):
        events = self.events
        while events and events[0][0] <= until:
            self.now, _, action, arguments = heapq.heappop(events)
            action(*arguments)
        self.now = until


class Machine:
    """Processors that several servers share; what waits for one is served in the order of arrival."""

    def __init__(self, simulation, cores):
        self.simulation, self.free, self.waiting = simulation, cores, deque()

    def take(self, begin):
        """Calls `begin` once a processor is there; it says how long it is needed, and what is to be called then."""
        if self.free:
            self.free -= 1
            self.serve(begin)
        else:
            self.waiting.append(begin)

    def serve(self, begin):
        duration, end = begin()
        self.simulation.after(duration, self.ended, end)

    def ended(self, end):
        end()
        if self.waiting:
            self.serve(self.waiting.popleft())
        else:
            self.free += 1


class Server:
    """Serves one task at a time, first come, first served, on a machine; keeps what the laws of queues need."""

    def __init__(self, simulation, machine):
        self.simulation, self.machine = simulation, machine
        self.waiting, self.is_busy = deque(), False
        self.forget()

    def forget(self):
        """Counts from now on."""
        self.since = self.changed = self.simulation.now
        self.busy = self.area = self.spent = 0.0
        self.served = 0
        self.inside = len(self.waiting) + (1 if self.is_busy else 0)

    def level(self, step):
        self.area += self.inside * (self.simulation.now - self.changed)
        self.changed = self.simulation.now
        self.inside += step

    def run(self, begin):
        """`begin` is called when the service begins: it says how long it takes, and what is to be called at its end."""
        self.level(1)
        self.waiting.append((self.simulation.now, begin))
        if not self.is_busy:
            self.is_busy = True
            self.machine.take(self.begin)

    def begin(self):
        self.came, begin = self.waiting.popleft()
        duration, self.end = begin()
        self.busy += duration
        return duration, self.ended

    def ended(self):
        self.level(-1)
        self.served += 1
        self.spent += self.simulation.now - self.came
        self.end()
        if self.waiting:
            self.machine.take(self.begin)
        else:
            self.is_busy = False

    @property
    def seconds(self):
        return (self.simulation.now - self.since) / 1e6

    @property
    def utilisation(self):
        return self.busy / (self.simulation.now - self.since)

    @property
    def mean_inside(self):
        self.level(0)
        return self.area / (self.simulation.now - self.since)

    @property
    def mean_stay(self):
        return self.spent / self.served if self.served else 0.0
