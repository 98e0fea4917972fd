# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
"""What the drivers in Python share: arguments, payloads, the handler, and how its runs are counted and logged.

A driver answers `DRIVER VERB --redis unix:///PATH …` with one JSON object on stdout. README.md has the verbs.
"""
import argparse
import asyncio
import concurrent.futures
import itertools
import json
import os
import signal
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["enqueue", "bulk", "drain", "feed", "work", "throughput", "latency", "delayed", "late"])
    parser.add_argument("--redis", required=True, help="unix:///PATH of the server")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--payload", type=int, default=200)
    parser.add_argument("--rate", type=float, default=200, help="feed: jobs a second")
    parser.add_argument("--delay-ms", type=int, default=0, help="feed: how much later the jobs are due")
    parser.add_argument("--hold-ms", type=int, default=0, help="feed: how long a job runs")
    parser.add_argument("--log", help="feed: acknowledged ids; work: starts and ends of jobs")
    parser.add_argument("--tight", action="store_true", help="the tightest sensible settings for recovery")
    parser.add_argument("--lease", help="late: the lost lease that the finish names")
    options = parser.parse_args()
    options.path = options.redis.removeprefix("unix://")
    return options


def payload(number, length, due=0.0, hold_ms=0):
    """A job's data: `length` bytes as compact JSON."""
    job = {"id": f"job-{number:08}", "due": due, "hold": hold_ms / 1000, "user": 4711, "ok": True, "to": "a@b.example", "pad": ""}
    job["pad"] = "x" * max(0, length - len(json.dumps(job, separators=(",", ":"))))
    return job


def group_cpu():
    """Processor seconds that this process and its children in the group have taken so far."""
    group, ticks = str(os.getpgrp()), 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[2] == group:
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def report(jobs, started, cpu):
    seconds = time.time() - started
    answer = {"jobs": jobs, "seconds": seconds, "client_us": (group_cpu() - cpu) * 1e6 / jobs}
    os.write(1, (json.dumps(answer) + "\n").encode())


class Log:
    """Appends a line at a time; a line once written outlives a kill of the process."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if path else None

    def write(self, event, job, **more):
        if self.file is not None:
            line = {"event": event, "id": job["id"], "at": time.time(), "pid": os.getpid(), **more}
            os.write(self.file, (json.dumps(line) + "\n").encode())


class Handler:
    """What a job does: nothing but be counted in a drain; else it is logged, and held as long as it says."""

    def __init__(self, options):
        self.goal = options.jobs if options.verb == "drain" else 0
        self.log = Log(options.log)
        self.numbers = itertools.count(1)  # whose next() no other thread interrupts

    def start(self, job):
        """Returns for how long the job runs, in seconds."""
        if self.goal:
            self.count()
            return 0
        self.log.write("start", job, late_ms=(time.time() - job["due"]) * 1000)
        return job["hold"]

    def end(self, job):
        if not self.goal:
            self.log.write("end", job)

    def count(self):
        seen = next(self.numbers)
        if seen == 1:
            self.started, self.cpu = time.time(), group_cpu()
        if seen == self.goal:
            report(self.goal, self.started, self.cpu)
            os.killpg(os.getpgrp(), signal.SIGKILL)

    def run(self, job):
        hold = self.start(job)
        if hold:
            time.sleep(hold)
        self.end(job)

    async def run_async(self, job):
        hold = self.start(job)
        if hold:
            await asyncio.sleep(hold)
        self.end(job)


def chunks(options, length=500):
    for start in range(0, options.jobs, length):
        yield [payload(n, options.payload) for n in range(start, min(start + length, options.jobs))]


async def produce_async(options, add, add_bulk=None):
    """enqueue, bulk and feed with `await add(job, delay_s)`, 64 calls in flight."""
    started, cpu = time.time(), group_cpu()
    if options.verb == "enqueue":
        numbers = iter(range(options.jobs))

        async def lane():
            for number in numbers:
                await add(payload(number, options.payload), 0)

        await asyncio.gather(*(lane() for _ in range(64)))
    elif options.verb == "bulk":
        for chunk in chunks(options):
            await add_bulk(chunk)
    else:
        log, begun, calls = Log(options.log), time.time(), []

        async def one(job):
            try:
                await add(job, options.delay_ms / 1000)
                log.write("ack", job)
            except Exception as error:
                log.write("failed", job, why=repr(error)[:200])

        for number in range(options.jobs):
            await asyncio.sleep(max(0, begun + number / options.rate - time.time()))
            calls.append(asyncio.ensure_future(one(feed_job(options, number))))
        await asyncio.gather(*calls)
    report(options.jobs, started, cpu)


def feed_job(options, number):
    return payload(number, options.payload, time.time() + options.delay_ms / 1000, options.hold_ms)


def produce(options, add, add_bulk=None, threads=64):
    """enqueue, bulk and feed with a call `add(job, delay_s)` that blocks, in threads."""
    started, cpu = time.time(), group_cpu()
    if options.verb == "bulk":
        for chunk in chunks(options):
            add_bulk(chunk)
        return report(options.jobs, started, cpu)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        if options.verb == "enqueue":
            def lane(start):
                for number in range(start, options.jobs, threads):
                    add(payload(number, options.payload), 0)

            list(pool.map(lane, range(threads)))
        else:
            log, begun = Log(options.log), time.time()

            def one(job):
                try:
                    add(job, options.delay_ms / 1000)
                    log.write("ack", job)
                except Exception as error:
                    log.write("failed", job, why=repr(error)[:200])

            for number in range(options.jobs):
                time.sleep(max(0, begun + number / options.rate - time.time()))
                pool.submit(one, feed_job(options, number))
    report(options.jobs, started, cpu)


