# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Checks the simulation against what is known of queues: closed forms, laws, and what Stint promises. Quick; the same each time."""
import copy
import random
import sys

from lib import placement
from lib.costs import Costs, fit, sweep_interval
from lib.engine import Machine, Server, Simulation
from lib.world import World, drained, loaded, steady

EXAMPLE = Costs({
    "redis": {"enqueue": {"call": 20, "job": 4}, "advance": {"call": 24, "finish": 2, "claim": 4}, "sweep": 8, "trim": 8,
              "beat": 12, "wake": 6},
    "client": {"run": {"call": 40, "job": 10}},
})


def is_near(found, wanted, tolerance):
    return abs(found - wanted) <= tolerance * abs(wanted)


def check_slots():
    """CRC16 and the slots are those of Redis Cluster's specification."""
    return placement.slot("123456789") == 0x31C3 and placement.slot("foo") == 12182 and placement.node("foo", 3) == 2


def check_waits():
    """Random arrivals at even service wait as Pollaczek and Khinchine say."""
    simulation, chance = Simulation(), random.Random(7)
    server = Server(simulation, Machine(simulation, 1))

    def arrive():
        server.run(lambda: (70.0, lambda: None))
        simulation.after(chance.expovariate(1) * 100.0, arrive)

    arrive()
    simulation.run(1e6)
    server.forget()
    simulation.run(9e6)
    return is_near(server.mean_stay, 70 + 0.7 * 70 / (2 * 0.3), 0.03) and is_near(server.utilisation, 0.7, 0.02)


def check_laws():
    """What is inside a node is rate × stay (Little), its utilisation is rate × service, and what comes in goes out."""
    world = loaded(EXAMPLE, 30_000, 4)
    node = world.nodes[0]
    return (is_near(node.mean_inside, node.served / node.seconds * node.mean_stay / 1e6, 0.02)
            and is_near(node.utilisation, world.per_second * world.redis_us / 1e6, 0.01) and is_near(world.per_second, 30_000, 0.02))


def check_node_bound():
    """A node that is full reaches no more than its bound, and most of it."""
    world = steady(EXAMPLE, 1, 8, placement.queues(1))
    # Claims and ends may fill calls better than enqueues do.
    bound = 1e6 / (EXAMPLE.enqueue(100) / 100 + EXAMPLE.advance(100, 100) / 100)
    return 0.85 * bound <= world.per_second <= 1.01 * bound and world.busiest > 0.99


def check_client_bound():
    """Workers that are full reach their processors' bound, and the nodes have time left."""
    values = copy.deepcopy(EXAMPLE.values)
    values["client"]["run"]["job"] = 40
    world = steady(Costs(values), 8, 1, placement.queues(8), 1)
    bound = 2 * Costs(values).process_limit()
    return 0.9 * bound <= world.per_second <= 1.02 * 2e6 / 40 and world.busiest < 0.6


def check_one_slot():
    """One queue is one node's, however many there are."""
    one, many = (steady(EXAMPLE, nodes, 8, placement.queues(1)).per_second for nodes in (1, 16))
    return is_near(many, one, 0.02)


def check_shards():
    """Shards carry more, and no more than the node that has most of them allows."""
    name = placement.typical(8, 8)
    tags = placement.shards(name, 8)
    one, eight = steady(EXAMPLE, 8, 16, tags[:1]).per_second, steady(EXAMPLE, 8, 16, tags, 2).per_second
    return one * 1.5 < eight <= 1.01 * 8 * EXAMPLE.node_limit(100)


def check_idle():
    """Idle workers look as often as the rule says, and cost what the formula says."""
    world = World(EXAMPLE)
    world.add_queues(placement.queues(50))
    world.add_processes(8)
    world.measure(seconds=10, warm_up=2)
    sweeps = 8 * 50 / (sweep_interval(50) * 0.97) * 10
    return (is_near(world.sweeps, sweeps, 0.03) and is_near(world.nodes[0].utilisation, EXAMPLE.idle_node(8, 50), 0.15)
            and sweep_interval(1) == 1 and sweep_interval(1000) == 2.5)


def check_wakes():
    """A job on an idle system wakes one worker, and starts within two round trips and the calls' time."""
    world = loaded(EXAMPLE, 200, 8, seconds=5.0)
    waits = sorted(world.waits)
    return is_near(world.wakes, world.claimed, 0.05) and 100 < waits[len(waits) // 2] < 400


def check_end():
    """Jobs that wait are run, each once, and more workers on one full machine do not run them faster than one."""
    one, eight = (drained(EXAMPLE, count, 20_000, 2, 20.0) for count in (1, 8))
    bound = 2e6 / (EXAMPLE.finish_job + EXAMPLE.claim_job + EXAMPLE.run_job)
    return one <= bound and eight <= bound and one > 20_000


def check_seed():
    """Equal seeds, equal runs; another seed, another run."""
    first, again, other = (loaded(EXAMPLE, 5_000, 2, seed=seed, seconds=0.2).waits for seed in (3, 3, 4))
    return first == again != other


def check_fit():
    """The fit finds the coefficients that samples were made from."""
    found = fit([(20 + 3 * jobs, [1, jobs]) for jobs in (1, 10, 100)])
    return is_near(found[0], 20, 1e-6) and is_near(found[1], 3, 1e-6)


def main():
    failed = 0
    for check in [value for name, value in globals().items() if name.startswith("check_")]:
        if not check():
            failed += 1
            print(f"Benchmarks/scaling: not so: {check.__doc__}", file=sys.stderr)
    return 1 if failed else 0
