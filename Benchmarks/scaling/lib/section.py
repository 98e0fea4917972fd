# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The section of docs/benchmarks.md: tables of what was simulated, and where each of them bends."""
from lib import placement
from lib.costs import sweep_interval
from lib.world import CORES, ROUND_TRIP, SLOTS, drained, loaded, steady

NODES = (1, 2, 4, 8, 16, 32, 64)
MACHINES = (1, 4, 16, 64, 256)
SHARDS = (1, 2, 4, 8, 16)
LOADS = (100, 1_000, 5_000, 10_000, 20_000, 40_000, 80_000)
QUEUES_A_NODE, SERVED = 4, 4


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percent(value):
    return f"{100 * value:.0f} %" if value >= 0.1 else f"{100 * value:.1f} %"


def table(head, rows):
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in (head, ["--:"] * len(head), *rows))


def parts(costs):
    redis, client = costs.values["redis"], costs.values["client"]
    rows = [
        ["`enqueue`", f"{number(costs.enqueue_call)} + {number(costs.enqueue_job)} × jobs"],
        ["`advance`", f"{number(costs.advance_call)} + {number(costs.finish_job)} × finished + {number(costs.claim_job)} × claimed"],
        ["`sweep` with nothing to do", number(costs.sweep)], ["`trim`", number(costs.trim)], ["`beat`", number(costs.beat)],
        ["a wake-up", number(costs.wake)],
        ["worker, a decoded payload", f"{number(costs.run_call)} + {number(costs.run_job)} × jobs"],
        ["worker, raw bytes", f"{number(client['run_raw']['call'])} + {number(client['run_raw']['job'])} × jobs"],
    ]
    return "\n\n".join([
        "### What the parts cost",
        "Processor time in µs, fitted to calls of 1 to 100 jobs and to workers of 16 to 256 slots; a fit of `advance` is off by "
        f"{percent(redis['fit_error'])} (median).",
        table(["part", "µs"], rows),
        f"So a node carries at most {number(costs.node_limit())} jobs a second from enqueue to end in calls of 100 "
        f"({number(costs.life(100))} µs a job; alone in its calls a job takes {number(costs.life(1) + costs.wake)} µs), and a worker process "
        f"that has one processor runs at most {number(costs.process_limit())}.",
    ])


def model(costs):
    rows = []
    for workers, point in costs.values["drain"].items():
        found = drained(costs, int(workers), point["jobs"], costs.values["cores"], costs.values["redis"]["round_trip"])
        rows.append([workers, number(point["jobs_per_s"]), number(found), f"{100 * (found / point['jobs_per_s'] - 1):+.0f} %"])
    idle = [[queues, number(one["scripts_per_s"]), number(one["expected_scripts_per_s"]), number(one["redis_us_per_s"]),
             number(1e6 * costs.idle_node(1, int(queues)))] for queues, one in costs.values["idle"].items()]
    return "\n\n".join([
        "### How far the simulation is off",
        f"`stint bench` drains jobs with payloads to decode on this machine, whose {costs.values['cores']} processors Redis and all workers share:",
        table(["worker processes", "measured, jobs/s", "simulated", "off by"], rows),
        "A worker process that has nothing to do, measured and by the rules:",
        table(["queues", "script calls/s", "by the rules", "Redis µs/s", "by the rules"], idle),
    ])


def spread(costs, results):
    rows = []
    for nodes in NODES:
        tags = placement.queues(QUEUES_A_NODE * nodes)
        row = [nodes, len(tags), placement.busiest(tags, nodes)]
        for machines in MACHINES:
            results[nodes, machines] = steady(costs, nodes, machines, tags, SERVED)
            row.append(number(results[nodes, machines].per_second))
        rows.append(row)
    return "\n\n".join([
        "### Many queues",
        f"Jobs a second from enqueue to end, over nodes and worker machines. {QUEUES_A_NODE} queues a node, all with jobs to run; each worker "
        f"process serves {SERVED} of them. The third column is how many of them CRC16 puts on the busiest node.",
        table(["nodes", "queues", "on the busiest", *(f"{one} machines" if one > 1 else "1 machine" for one in MACHINES)], rows),
    ])


def hot(costs, results):
    rows = []
    for machines in MACHINES:
        world = results["hot", machines] = steady(costs, 1, machines, placement.queues(1))
        rows.append([machines, number(world.per_second), number(world.redis_us), number(world.batch),
                     number(world.wakes / max(1, world.calls)), percent(world.busiest)])
    return "\n\n".join([
        "### One hot queue",
        "A queue is one slot, and a slot is on one node, so further nodes change nothing:",
        table(["machines", "jobs/s", "Redis µs a job", "jobs a claim", "wake-ups a claim", "its node is busy"], rows),
    ])


def shards(costs, results, nodes=16, machines=16):
    rows = []
    for count in SHARDS:
        tags = placement.shards(placement.typical(count, nodes), count)
        world = [steady(costs, nodes, machines, tags, serves) for serves in (None, 2)]
        results["shards", count] = world
        rows.append([count, placement.busiest(tags, nodes), *(
            cell for one in world for cell in (number(one.per_second), number(one.batch), number(one.redis_us))),
            percent(costs.cold * costs.idle_node(machines * CORES, count)),
            percent(costs.cold * costs.idle_node(machines * CORES, min(2, count)))])
    return "\n\n".join([
        "### The same queue in shards",
        f"{nodes} nodes, {machines} worker machines; shards `{{stint:NAME#0}}` and so on, a name whose shards lie as those of most names do. "
        "*All*: each process claims from every shard. *Two*: each from two of them.",
        table(["shards", "on the busiest node", "all: jobs/s", "jobs a claim", "Redis µs a job", "two: jobs/s", "jobs a claim", "Redis µs a job",
               "idle, all: of one processor", "idle, two"], rows),
    ])


def loads(costs, results):
    rows = []
    for rate in LOADS:
        if rate > 0.9 * costs.node_limit():
            continue
        world = results["load", rate] = loaded(costs, rate, 8, seconds=max(0.5, min(5.0, 2_000 / rate)))
        waits = sorted(world.waits)
        rows.append([number(rate), percent(world.busiest), number(world.redis_us), number(world.batch),
                     number(world.wakes / max(1, len(waits))), number(waits[len(waits) // 2] / 1e3), number(waits[len(waits) * 99 // 100] / 1e3)])
    return "\n\n".join([
        "### One queue under load",
        "Single jobs from four producers at random moments, whatever the answers take, and 8 worker machines:",
        table(["jobs/s", "its node is busy", "Redis µs a job", "jobs a claim", "wake-ups a job", "ms to the start, p50", "p99"], rows),
    ])


def idle(costs):
    counts = (1, 10, 100, 1000)
    rows = [[machines, *(percent(costs.cold * costs.idle_node(machines * CORES, queues)) for queues in counts)] for machines in MACHINES]
    return "\n\n".join([
        "### Nothing to do",
        "What workers that look after all queues cost Redis, of one processor, all nodes together. Each looks once a second, with more than 200 "
        f"queues less often (1,000: each {sweep_interval(1000):.1f} s); beats all go to the node of the registry. Calls that come "
        f"now and then cost {number(costs.cold)} times what they do in a row, as the table of the idle worker shows; that is counted here.",
        table(["machines", *(f"{one:,} queues" if one > 1 else "1 queue" for one in counts)], rows),
    ])


def bends(costs, results):
    limit = costs.node_limit()
    one = results["hot", MACHINES[0]].per_second
    best = max(results["hot", machines].per_second for machines in MACHINES)
    last = results["hot", MACHINES[-1]]
    full = next((machines for machines in MACHINES if results["hot", machines].busiest >= 0.98), MACHINES[-1])
    single, split = results["shards", 1][0].per_second, results["shards", SHARDS[-1]]
    widest = results[NODES[-1], MACHINES[-1]]
    even = NODES[-1] * limit
    half = next((rate for rate in LOADS if ("load", rate) in results and results["load", rate].busiest > 0.5), LOADS[-1])
    return "\n\n".join([
        "### Where it bends",
        "\n".join([
            f"- **Workers, then nodes.** A machine alone runs {number(one)} jobs/s of one queue; from {full} machine{'s' if full > 1 else ''} on its node "
            f"is full, at {number(best)}. A handler that does something moves this bend to more machines, and changes nothing for the node.",
            f"- **One slot.** A hot queue stays at that on any number of nodes. With {MACHINES[-1]} machines it is {number(last.per_second)}: "
            f"claims bring {number(last.batch)} jobs, and a job takes {number(last.redis_us)} µs.",
            f"- **Where slots lie.** {NODES[-1]} nodes with {QUEUES_A_NODE} queues each and {MACHINES[-1]} machines reach {number(widest.per_second)}, "
            f"{percent(widest.per_second / even)} of what as many full nodes would: CRC16 deals queues unevenly, and slots of a worker that "
            "wait for a full node's jobs are not there for another's.",
            f"- **Wake-ups.** A job on an idle queue costs {number(costs.life(1) + costs.wake)} µs, about "
            f"{number((costs.life(1) + costs.wake) / costs.life(100))} times one in a full call, so a node is half busy from {number(half)} jobs/s; from there "
            "batches grow, and more load costs little more.",
            f"- **Claims across shards.** {SHARDS[-1]} shards carry {number(split[1].per_second / single)} times one queue if each process claims from two, "
            f"and {number(split[0].per_second / single)} times if each claims from all: its free slots are divided among them, so a claim brings "
            f"{number(split[0].batch)} jobs in place of {number(split[1].batch)}.",
            "- **Sweeps.** What idle workers cost grows with workers × queues: a process should serve the queues it is for, not all.",
        ]),
        "### What shards are to change",
        "A queue whose node is full is to become shards with a hash tag each, so that they lie on several nodes. A producer takes the shard by the "
        "unique key or the given id where there is one, so that uniqueness stays exact, else in turns. A worker claims from two shards that the "
        "registry assigns by its place among the nodes; it sweeps them, and looks at the others far more rarely, so that a shard whose workers are "
        "gone still has somebody. Order and priority then hold within a shard, counts are sums, and pause, depth limit and purge go to each. More "
        "shards than nodes even out what CRC16 deals; each costs its sweeps.",
    ])


def text(costs):
    values, results = costs.values, {}
    return "\n\n".join([
        "## Past one machine",
        f"By `Benchmarks/scaling/run`: a simulation of nodes, workers and producers by Stint's own rules, from costs that `--measure` took on "
        f"{values['date']}: {values['processor']}, {values['cores']} processors, Redis {values['redis_version']}. Assumed, not measured: "
        f"{ROUND_TRIP:.0f} µs for a round trip between machines, a worker machine with {CORES} processors and a process of {SLOTS} slots for each, "
        "handlers that do nothing, payloads of 200 bytes that are decoded, no persistence, no replicas.",
        parts(costs), model(costs), spread(costs, results), hot(costs, results), shards(costs, results), loads(costs, results),
        idle(costs), bends(costs, results),
    ])
