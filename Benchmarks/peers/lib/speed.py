# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""How fast, and how soon: throughput, latency and lateness, one peer and one turn at a time."""
import json
import os
import time

from lib.peer import Failed, kill_tree
from lib.server import Server

PAYLOAD = 200


def throughput(peer, appends=False, scale=1.0):
    """enqueue, bulk and drain; processor time of both sides for each job, memory for a waiting one. With a log on disk the slow
    peers do half of their jobs, so that all fits into the time."""
    is_slow = peer.jobs < 100_000
    jobs = max(640, int(peer.jobs * scale / (2 if appends and is_slow else 1)))
    if peer.can("whole"):
        with Server(appends=appends) as server:
            return {"jobs": jobs, **peer.call("throughput", server, "--jobs", jobs, "--payload", PAYLOAD)}
    result = {"jobs": jobs}
    for verb in ("enqueue", "bulk"):
        if peer.can(verb):
            with Server(peer.server, appends) as server:
                result[verb] = phase(peer, verb, server, jobs)
                if verb == "bulk" or not peer.can("bulk"):
                    result["drain"] = phase(peer, "drain", server, jobs)
    return result


def phase(peer, verb, server, jobs):
    cpu, memory = server.cpu(), server.memory()
    answer = peer.call(verb, server, "--jobs", jobs, "--payload", PAYLOAD)
    figures = {"per_s": answer["jobs"] / answer["seconds"], "client_us": answer["client_us"],
               "redis_us": (server.cpu() - cpu) * 1e6 / jobs}
    if verb != "drain":
        figures["bytes"] = (server.memory() - memory) / jobs
    return figures


def latency(peer, tight=False, samples=600):
    """From the call to the start of the handler, at 200 calls a second; a peer that cannot keep up says a lower rate."""
    rate = int(peer.facts.get("rate", 200))
    if peer.can("whole"):
        with Server() as server:
            return peer.call("latency", server, "--jobs", samples, "--rate", rate)
    return lateness(peer, tight, "--jobs", samples * rate // 200, "--rate", rate)


def delayed(peer, tight=False, samples=100):
    """How much later than it is due a job starts, delayed by 2 s, at 20 calls a second."""
    if peer.can("whole"):
        with Server() as server:
            return peer.call("delayed", server, "--jobs", samples, "--rate", 20, "--delay-ms", 2000)
    return lateness(peer, tight, "--jobs", samples, "--rate", 20, "--delay-ms", 2000)


def lateness(peer, tight, *feed):
    with Server(peer.server) as server:
        log = os.path.join(server.folder, "runs")
        more = ["--tight"] if tight else []
        worker = peer.start("work", server, "--log", log, *more)
        try:
            peer.call("feed", server, "--jobs", 20, "--rate", 50, *more)
            starts(log, 20, 30)
            time.sleep(1)
            samples = int(feed[1])
            peer.call("feed", server, *feed, *more)
            late = sorted(line["late_ms"] for line in starts(log, 20 + samples, 45)[20:])
        finally:
            kill_tree(worker.pid)
            worker.wait()
    return {"p50_ms": late[len(late) // 2], "p99_ms": late[int(len(late) * 0.99)], "min_ms": late[0]}


def lines(log):
    """Complete lines of a log that may be growing."""
    try:
        with open(log) as file:
            return [json.loads(line) for line in file.read().split("\n")[:-1]]
    except FileNotFoundError:
        return []


def starts(log, count, limit):
    deadline = time.time() + limit
    while True:
        found = [line for line in lines(log) if line["event"] == "start"]
        if len(found) >= count:
            return found
        if time.time() > deadline:
            raise Failed(f"{len(found)} of {count} jobs started within {limit} s")
        time.sleep(0.1)
