# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""One simulated installation: nodes, queues, workers, and what is counted of it."""
import random

from lib import placement
from lib.engine import Machine, Server, Simulation
from lib.redis import Producer, Queue
from lib.worker import Process

SLOTS = 256
CORES = 2  # of a worker machine, each for one process
ROUND_TRIP = 100.0  # µs between machines of one place: an assumption, not a measurement


class World:
    """Nodes have a processor of their own each, unless `shared` is the machine that everything runs on."""

    def __init__(self, costs, nodes=1, round_trip=ROUND_TRIP, seed=1, shared=None, start=50_000.0):
        self.costs, self.half, self.start = costs, round_trip / 2, start
        self.simulation, self.random = Simulation(), random.Random(seed)
        self.shared = shared and Machine(self.simulation, shared)
        self.nodes = [Server(self.simulation, self.machine()) for _ in range(nodes)]
        self.queues, self.processes = [], []
        self.forget()

    def machine(self):
        return self.shared or Machine(self.simulation, 1)

    def forget(self):
        self.calls = self.claimed = self.wakes = self.sweeps = 0
        self.waits = []
        for queue in self.queues:
            queue.completed = 0
        for node in self.nodes:
            node.forget()

    def later(self, action, *arguments):
        """Half a round trip later, at the other side."""
        self.simulation.after(self.half, action, *arguments)

    def add_queues(self, tags, **kind):
        nodes = len(self.nodes)
        self.queues += [Queue(self, tag, self.nodes[placement.node(tag, nodes)], **kind) for tag in tags]

    def add_processes(self, count, serves=None, slots=SLOTS, handler=0.0):
        """Each serves all queues, or so many of them, dealt in turns."""
        total = len(self.queues)
        for number in range(count):
            own = self.queues
            if serves and serves < total:
                own = [self.queues[(number * serves + at) % total] for at in range(serves)]
            self.processes.append(Process(self, own, slots, Server(self.simulation, self.machine()), handler))

    def add_producer(self, queue, rate):
        Producer(self, queue, rate)

    def measure(self, seconds=0.25, warm_up=0.15):
        self.simulation.run(self.simulation.now + warm_up * 1e6)
        self.forget()
        self.simulation.run(self.simulation.now + seconds * 1e6)
        return self

    @property
    def per_second(self):
        return sum(queue.completed for queue in self.queues) / self.nodes[0].seconds

    @property
    def busiest(self):
        return max(node.utilisation for node in self.nodes)

    @property
    def redis_us(self):
        """µs of all nodes for each job that was completed."""
        done = sum(queue.completed for queue in self.queues)
        return sum(node.busy for node in self.nodes) / done if done else 0.0

    @property
    def batch(self):
        return self.claimed / self.calls if self.calls else 0.0


def steady(costs, nodes, machines, tags, serves=None, seed=1, **options):
    """Queues that are filled as fast as they are emptied, and never run empty."""
    world = World(costs, nodes, seed=seed)
    world.add_queues(tags, backlog=True, replenished=True)
    world.add_processes(machines * CORES, serves, **options)
    # All slots are filled first; what counts begins when each has been emptied about once.
    slots = sum(process.slots for process in world.processes)
    busy = len({queue.node for queue in world.queues})
    return world.measure(warm_up=0.15 + 1.5 * slots / (busy * costs.node_limit()))


def loaded(costs, rate, machines, seed=1, seconds=1.0):
    """One queue at a mean rate of single calls from four producers: open loop."""
    world = World(costs, seed=seed)
    world.add_queues(placement.queues(1))
    world.add_processes(machines * CORES)
    for _ in range(4):
        world.add_producer(world.queues[0], rate / 4)
    return world.measure(seconds=seconds, warm_up=0.3)


def drained(costs, processes, jobs, cores, round_trip, slots=SLOTS):
    """The measured point: one machine for Redis and all workers, jobs that wait; returns jobs a second."""
    world = World(costs, round_trip=round_trip, shared=cores)
    world.add_queues(placement.queues(1))
    world.queues[0].left = jobs
    world.add_processes(processes, slots=slots)
    # The first looks are the start that counts, as in `stint bench`.
    while world.queues[0].completed < jobs and world.simulation.now < 600e6:
        world.simulation.run(world.simulation.now + 1000.0)
    return jobs / (world.simulation.now / 1e6)
