# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The program as a whole process: what one call takes, and a file of a million jobs. And Stint with a log on disk."""
import os
import socket
import statistics
import time

import lines
import stint
from lib.server import Server

RUNS = 60


def spawned(words):
    """Seconds from the start of a process to its end."""
    quiet = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in range(3)]
    begun = time.perf_counter()
    process = os.posix_spawnp(words[0], words, stint.ENVIRONMENT, file_actions=quiet)
    status = os.waitpid(process, 0)[1]
    took = time.perf_counter() - begun
    if status:
        raise stint.Failed(f"{words[:2]} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def round_trip(server):
    """Seconds of a PING on a connection that is there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(server.path)
        taken = []
        for _ in range(1_000):
            begun = time.perf_counter()
            connection.sendall(b"PING\r\n")
            connection.recv(64)
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def call(scale):
    """Medians, in turns with a start of the same program that does nothing, and of one that is not Swift."""
    with Server() as server:
        kinds = {"enqueue": stint.command(server, "enqueue", "x", "{}"), "version": [os.environ["STINT"], "--version"], "true": ["true"]}
        taken = {kind: [] for kind in kinds}
        for _ in range(max(5, int(RUNS * scale))):
            for kind, words in kinds.items():
                taken[kind].append(spawned(words) * 1_000)
        found = {kind: statistics.median(times) for kind, times in taken.items()}
        found["round_trip"] = round_trip(server) * 1_000
        return {**found, "beyond": found["enqueue"] - found["round_trip"]}


def bulk(scale):
    count = max(lines.VARIETY, int(1_000_000 * scale))
    with Server() as server:
        path = os.path.join(server.folder, "jobs.ndjson")
        lines.write(path, count)
        redis, begun = server.cpu(), time.time()
        stint.run(server, "enqueue", "--bulk", path, "--quiet", *stint.named())
        return {"lines": count, "per_s": count / (time.time() - begun), "redis_us": (server.cpu() - redis) * 1e6 / count}


def with_log(scale):
    """All of `stint bench`, on a Redis that flushes its append-only file each second."""
    with Server(appends=True) as server:
        return stint.speeds(stint.bench(server, "--raw", "--jobs", int(100_000 * scale)))
