# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: stint-raw stint-decoded
# jobs: 100000
# measures: whole recovery faults stale
# settings: stint bench, defaults (64 calls in flight, 256 slots); raw: payloads are bytes; decoded: JSON into a struct of 7 fields; recovery and faults with stint work and a function
# tight: --lease 1s (the least that there is)
# stops: worker
# lease: "(\w{26}:\d+:\w{6})"
# lua: open_lane advance
"""Drives Stint: throughput and times by `stint bench`, workers and single jobs by `stint work` and `stint enqueue`."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import stint_late
from common import Handler, Log, arguments, feed_job, group_cpu, report, time

HERE = os.path.abspath(__file__)
STINT = os.environ.get("STINT", "")  # a function is not told
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("STINT_")}


def bench(options, *more):
    command = [STINT, "bench", "--json", "--quiet", "--redis", options.redis, *more]
    lines = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    return [json.loads(line) for line in lines]


def throughput(options):
    names = {"enqueue, 64 calls in flight": "enqueue", "enqueue in bulk": "bulk", "run and finish": "drain"}
    answer = {}
    raw = ["--raw"] if os.environ["PEER"] == "stint-raw" else []
    for line in bench(options, "--jobs", str(options.jobs), "--payload", str(options.payload), *raw):
        answer[names[line["phase"]]] = {
            "per_s": line["jobs_per_s"], "redis_us": line["redis_us_per_job"], "client_us": line["client_us_per_job"],
            "bytes": line["redis_bytes_per_job"], "rss": line["worker_memory"],
        }
    print(json.dumps(answer))


def times(options, measure, *more):
    for line in bench(options, *more):
        if line["measure"] == measure:
            print(json.dumps({"p50_ms": line["p50_ms"], "p99_ms": line["p99_ms"], "min_ms": line["min_ms"]}))


def feed(options):
    """One `stint enqueue` a job: acknowledged is what ended with 0."""
    log, begun, cpu = Log(options.log), time.time(), group_cpu()

    def one(job):
        command = [STINT, "enqueue", "noop", json.dumps(job), "--quiet", "--redis", options.redis]
        ended = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        log.write("failed" if ended.returncode else "ack", job, why=ended.stderr.decode()[-200:])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for number in range(options.jobs):
            time.sleep(max(0, begun + number / options.rate - time.time()))
            pool.submit(one, feed_job(options, number))
    report(options.jobs, begun, cpu)


def work(options):
    folder = tempfile.mkdtemp(prefix="work-", dir=os.path.dirname(options.path))
    function = {"run": [sys.executable, "-S", "-E", HERE, "function", os.path.abspath(options.log)]}
    with open(os.path.join(folder, "stint.yaml"), "w") as file:
        json.dump({"functions": {"noop": function}}, file)
    os.chdir(folder)
    lease = ["--lease", "1s"] if options.tight else []
    os.execve(STINT, [STINT, "work", "--quiet", "--slots", "8", "--redis", options.redis, *lease], ENVIRONMENT)


def run_function(log):
    options = type("Options", (), {"verb": "work", "jobs": 0, "log": log})
    Handler(options).run(json.load(sys.stdin))
    os._exit(0)  # at once: a kill between a job's last line and its exit lets it run again


if sys.argv[1] == "function":
    run_function(sys.argv[2])
else:
    options = arguments()
    if options.verb == "throughput":
        throughput(options)
    elif options.verb == "latency":
        times(options, "enqueue call to start", "--latency", "--samples", str(options.jobs), "--rate", str(int(options.rate)))
    elif options.verb == "delayed":
        delay = ["--delay", f"{options.delay_ms}ms", "--rate", str(int(options.rate))]
        times(options, "start after it is due", "--delayed", "--samples", str(options.jobs), *delay)
    elif options.verb == "feed":
        feed(options)
    elif options.verb == "late":
        stint_late.send(options.path, options.lease)
    else:
        work(options)
