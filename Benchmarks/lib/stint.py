# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""The program under test: its calls, `stint bench`, and processes of it that stay; what a process uses."""
import json
import os
import signal
import subprocess
import time

from lib.peer import Failed

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("STINT_")}
NAMESPACE = "figures"
QUEUE = "bench"  # the one that `stint __bench-worker` serves
FILLED, SINGLE, BULK, DRAIN = "enqueue those that wait", "enqueue, 64 calls in flight", "enqueue in bulk", "run and finish"
STARTED, LATE = "enqueue call to start", "start after it is due"
SECONDS = 900  # no single call takes longer


def command(server, *words):
    return [os.environ["STINT"], *map(str, words), "--redis", server.url]


def run(server, *words, feed=None):
    """Calls the program, feeds its stdin from a file, and returns what it prints."""
    done = subprocess.run(command(server, *words), env=ENVIRONMENT, cwd=server.folder, stdin=feed or subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=SECONDS)
    if done.returncode:
        raise Failed(f"stint {words[0]} ended with {done.returncode}: {' '.join(done.stderr.split())[-200:]}")
    return done.stdout


def bench(server, *words):
    """What `stint bench` measured: its rows, by phase or measure."""
    lines = [json.loads(line) for line in run(server, "bench", "--json", "--quiet", *words).splitlines()]
    return {line.get("phase") or line["measure"]: line for line in lines}


def speeds(rows):
    """Jobs a second, processor time and bytes of a job, for each phase."""
    short = {FILLED: "fill", SINGLE: "enqueue", BULK: "bulk", DRAIN: "drain"}
    keys = {"jobs": "jobs", "jobs_per_s": "per_s", "redis_us_per_job": "redis_us", "client_us_per_job": "client_us",
            "redis_bytes_per_job": "bytes", "worker_memory": "rss"}
    return {short[phase]: {keys[key]: value for key, value in row.items() if key in keys and value is not None}
            for phase, row in rows.items()}


def times(row):
    return {key: row[key] for key in ("p50_ms", "p99_ms", "min_ms", "max_ms")}


def named(*more):
    return "--namespace", NAMESPACE, *more


def queue(server, name=QUEUE):
    return json.loads(run(server, "queue", "show", name, "--json", *named()))


def queues(server):
    return [json.loads(line) for line in run(server, "queue", "ls", "--json", *named()).splitlines()]


def wait(what, is_so, seconds=120, every=0.2):
    deadline = time.time() + seconds
    while not is_so():
        if time.time() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(every)


def processor_time(process):
    """Seconds that all threads of a process have used, those that ended too; to the nanosecond, where /proc has ticks of 10 ms."""
    return time.clock_gettime_ns((~process << 3) | 2) / 1e9


def memory(process, what="VmRSS"):
    """Bytes of a process that are in memory; RssAnon leaves out the code and data of files, which processes share."""
    with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(what))


class Workers:
    """So many processes of `stint work`, which serve queues with a function, and are there once they have registered."""

    def __init__(self, server, count, names=("default",)):
        self.server, self.count, self.names, self.processes = server, count, names, []

    def __enter__(self):
        with open(os.path.join(self.server.folder, "stint.yaml"), "w", encoding="utf-8") as file:
            json.dump({"functions": {"noop": {"run": ["true"]}}}, file)
        words = command(self.server, "work", "--quiet", "--queue", ",".join(self.names), *named())
        try:
            for _ in range(self.count):
                self.processes.append(subprocess.Popen(
                    words, env=ENVIRONMENT, cwd=self.server.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL))
            wait("all workers have registered", lambda: len(run(
                self.server, "worker", "ls", "--json", *named()).splitlines()) == self.count)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def processor_time(self):
        return sum(processor_time(process.pid) for process in self.processes)


class BenchWorker:
    """The worker of `stint bench`, in a process of its own: its handler does nothing. It begins with `go`."""

    def __init__(self, server, slots=256):
        self.server, self.slots = server, slots

    def __enter__(self):
        words = command(self.server, "__bench-worker", "--raw", "--slots", self.slots, *named())
        self.process = subprocess.Popen(words, env=ENVIRONMENT, cwd=self.server.folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self.process.stdout.readline() != "ready\n":
            self.__exit__()
            raise Failed("the worker did not start")
        return self

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.stdout.read()
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
