# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Takes the costs on a private server: the scripts called directly, and the program's workers."""
import contextlib
import datetime
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

import drain

from lib.costs import BEAT_INTERVAL, SWEEPS_A_TRIM, fit, sweep_interval

ROOT = pathlib.Path(__file__).resolve().parents[3]
NODE = "node01"


def scripts_command():
    """Benchmarks/scripts/run, which knows how to call the scripts."""
    path = str(ROOT / "Benchmarks/scripts/run")
    loader = importlib.machinery.SourceFileLoader("scripts_run", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scripts_run", loader))
    loader.exec_module(module)
    return module


def flatten(folder):
    bundler = ROOT / ".build/debug/LuaBundler"
    command = [bundler] if bundler.exists() else ["swift", "run", "--disable-default-traits", "LuaBundler"]
    subprocess.run([*command, "--root", ROOT, "--flatten", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def server(module):
    """A private server in a folder of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stint-scaling-") as name:
        redis = module.Redis(pathlib.Path(name), False)
        try:
            yield redis
        finally:
            redis.process.kill()
            redis.process.wait()


class Direct:
    """The scripts of one queue, called one at a time; what a call costs is the server's processor time."""

    def __init__(self, module, lua, redis):
        self.module, self.redis = module, redis
        names = ("open_lane", "enqueue", "advance", "sweep", "trim")
        self.scripts = {name: module.Script(self.redis, lua, name) for name in names}
        self.beat = self.redis.send("SCRIPT", "LOAD", (lua / "beat.lua").read_text())
        self.scripts["open_lane"].call()
        self.number = self.made = 0

    def timed(self, count, call):
        before = self.redis.processor_us()
        for _ in range(count):
            call()
        return (self.redis.processor_us() - before) / count

    def next(self):
        self.number += 1
        return self.number

    def enqueue(self, jobs):
        entries = []
        for _ in range(jobs):
            self.made += 1
            entries += [f"01J9ZKB80V{self.made:016d}", self.module.rest(self.made)]
        self.scripts["enqueue"].call(self.next(), self.module.HEAD, jobs, *entries)

    def advance(self, limit, ended=()):
        claimed = self.scripts["advance"].call(self.next(), 10_000, limit, NODE, 0, *ended)[2]
        ended = []
        for at in range(0, len(claimed), 3):
            fence = int.from_bytes(claimed[at + 1][23:30], "big")
            ended += [claimed[at], b"%s:%d:%s" % (claimed[at], fence, NODE.encode()), b""]
        return ended

    def prepared(self, calls, prepare, call):
        """The mean of calls whose arguments are made beforehand, each with its own."""
        arguments = [prepare() for _ in range(calls)]
        return self.timed(1, lambda: [call(one) for one in arguments]) / calls

    def samples(self, batch, jobs):
        """(µs, factors) of enqueue, then of claims, of ends, and of both at once."""
        calls = max(20, jobs // batch)
        enqueue = self.timed(3 * calls, lambda: self.enqueue(batch))
        held = []
        claim = self.timed(calls, lambda: held.append(self.advance(batch)))
        both = self.timed(calls, lambda: held.append(self.advance(batch, held.pop(0))))
        finish = self.timed(calls, lambda: self.advance(0, held.pop(0)))
        while ended := self.advance(200):
            self.advance(0, ended)
        return (enqueue, [1, batch]), [(claim, [1, 0, batch]), (both, [1, batch, batch]), (finish, [1, batch, 0])]

    def wake(self):
        """What a worker's wait for the marker costs beside the command that sets it."""
        other = self.module.resp.Connection(self.redis.folder / "redis.sock")

        def woken():
            other.socket.sendall(b"*3\r\n$8\r\nBZPOPMIN\r\n$6\r\nmarker\r\n$1\r\n5\r\n")
            while b"blocked_clients:1" not in self.redis.send("INFO", "clients"):
                pass
            self.redis.send("ZADD", "marker", 1, "w")
            other.reply()

        # The look whether it waits is not the wait's: what it costs is taken off, by the server's own count.
        before, asked = self.redis.processor_us(), self.calls("info")
        for _ in range(1000):
            woken()
        spent, asked = self.redis.processor_us() - before, self.calls("info") - asked
        info = self.timed(2000, lambda: self.redis.send("INFO", "clients"))
        plain = self.timed(2000, lambda: self.redis.send("ZADD", "other", 1, "w"))
        return max(0.5, (spent - asked * info) / 1000 - plain)

    def calls(self, name):
        found = re.search(rf"cmdstat_{name}:calls=(\d+)", self.redis.send("INFO", "commandstats").decode())
        return int(found[1]) if found else 0


def redis_costs(module, lua, jobs):
    with server(module) as redis:
        direct = Direct(module, lua, redis)
        enqueues, advances = [], []
        for _ in range(3):
            for batch in (1, 5, 20, 50, 100):
                enqueue, advance = direct.samples(batch, jobs)
                enqueues.append(enqueue)
                advances += advance
        lane = [round(value, 3) for value in fit(enqueues)]
        call, finish, claim = (round(value, 3) for value in fit(advances))
        details = "x" * 400
        found = {
            "enqueue": {"call": lane[0], "job": lane[1]}, "advance": {"call": call, "finish": finish, "claim": claim},
            "sweep": direct.timed(3000, lambda: direct.scripts["sweep"].call(10_000, 1_000, 3, NODE)),
            "trim": direct.timed(3000, lambda: direct.scripts["trim"].call(1 << 40, 100_000)),
            "beat": direct.timed(3000, lambda: direct.redis.send(
                "EVALSHA", direct.beat, 3, "{bench}:queues", "{bench}:nodes", "{bench}:node_details", NODE, details, "q")),
            "wake": direct.wake(),
        }
        began = time.monotonic()
        for _ in range(5000):
            direct.redis.send("PING")
        found["round_trip"] = (time.monotonic() - began) / 5000 * 1e6
        errors = [abs(sum(c * f for c, f in zip((call, finish, claim), factors)) / us - 1) for us, factors in advances]
        found["fit_error"] = statistics.median(errors)
        return {key: round(value, 3) if isinstance(value, float) else value for key, value in found.items()}


def client_costs(module, stint, jobs):
    """A worker's processor time: call + each × jobs, from drains with few and with many slots."""
    with server(module) as redis:
        url, path = f"unix://{redis.folder}/redis.sock", os.path.join(redis.folder, "payloads")
        drain.write_payloads(path, jobs)
        found = {}
        for kind, raw in (("run", False), ("run_raw", True)):
            samples = []
            for slots in (16, 64, 256, 16, 64, 256):
                redis.send("FLUSHALL")
                drain.fill(stint, url, path)
                redis.send("CONFIG", "RESETSTAT")
                report = drain.drain([stint], url, slots, raw)
                calls = int(re.search(r"cmdstat_evalsha:calls=(\d+)", redis.send("INFO", "commandstats").decode())[1])
                samples.append((report["processorMicroseconds"] / jobs, [calls / jobs, 1]))
            call, job = fit(samples)
            found[kind] = {"call": round(max(0.0, call), 3), "job": round(job, 3)}
        return found


def idle(module, stint, seconds=12.0):
    """What one worker that has nothing to do asks of Redis in a second, of one queue and of many."""
    found = {}
    for queues in (1, 40):
        with server(module) as redis:
            name = redis.folder
            with open(os.path.join(name, "stint.yaml"), "w") as file:
                file.write("functions:\n  noop:\n    run: [\"true\"]\n")
            names = ",".join(f"q{number}" for number in range(queues))
            worker = subprocess.Popen([stint, "work", "--queue", names, "--slots", "16"], cwd=name,
                                      env=drain.environment(f"unix://{name}/redis.sock"), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(3)
            redis.send("CONFIG", "RESETSTAT")
            before = redis.processor_us()
            time.sleep(seconds)
            spent, stats = redis.processor_us() - before, redis.send("INFO", "commandstats").decode()
            worker.terminate()
            worker.wait(30)
        calls = re.search(r"cmdstat_evalsha:calls=(\d+)", stats)
        waits = re.search(r"cmdstat_bzpopmin:calls=(\d+)", stats)
        interval = sweep_interval(queues)
        found[str(queues)] = {
            "scripts_per_s": round(int(calls[1]) / seconds, 3) if calls else 0.0,
            "waits_per_s": round(int(waits[1]) / seconds, 3) if waits else 0.0, "redis_us_per_s": round(spent / seconds, 1),
            # Sweeps come up to 6 % early.
            "expected_scripts_per_s": round(queues / interval / 0.97 * (1 + 1 / SWEEPS_A_TRIM) + 1 / BEAT_INTERVAL, 3),
        }
    return found


def points(module, stint, jobs):
    """`stint bench` with 1 to 8 worker processes beside Redis on this machine."""
    found, memory = {}, 0.0
    with server(module) as redis:
        for workers in (1, 2, 4, 8):
            done = subprocess.run([stint, "bench", "--redis", f"unix://{redis.folder}/redis.sock", "--jobs", str(jobs // 2), "--workers",
                                   str(workers), "--json"], check=True, capture_output=True, text=True, env=drain.environment(""))
            rows = [json.loads(line) for line in done.stdout.splitlines()]
            memory = rows[1].get("redis_bytes_per_job") or memory
            found[str(workers)] = {key: rows[2][key] for key in ("jobs", "jobs_per_s", "redis_us_per_job", "client_us_per_job")}
    return found, memory


def measure(stint, jobs):
    module = scripts_command()
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    with tempfile.TemporaryDirectory(prefix="stint-lua-") as lua:
        flatten(lua)
        print("calling the scripts", file=sys.stderr)
        redis = redis_costs(module, pathlib.Path(lua), jobs // 10)
    print("draining", file=sys.stderr)
    client = client_costs(module, stint, jobs)
    print("watching idle workers", file=sys.stderr)
    waiting = idle(module, stint)
    print("stint bench with 1 to 8 workers", file=sys.stderr)
    drains, memory = points(module, stint, jobs)
    version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout
    return {
        "date": datetime.date.today().isoformat(), "processor": processor[1] if processor else platform.machine(),
        "cores": os.cpu_count(), "redis_version": re.search(r"v=(\S+)", version)[1], "redis": redis, "client": client,
        "bytes": {"waiting_job": memory}, "idle": waiting, "drain": drains,
    }
