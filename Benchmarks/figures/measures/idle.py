# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""What Stint costs with nothing to do, and how soon it does something: sixteen worker processes."""
import statistics
import time

import stint
from lib.server import Server

WORKERS, QUEUES, SECONDS = 16, 1_000, 20


def quiet(server, workers, seconds):
    """Processor time of Redis and all workers, in percent of one core, while nothing is enqueued."""
    def reading():
        stats, calls = server.info("stats"), server.info("commandstats")
        scripts = sum(int(calls[key].split(",")[0].removeprefix("calls=")) for key in calls if key.startswith("cmdstat_evalsha"))
        return (time.time(), server.cpu(), workers.processor_time(), int(stats["total_commands_processed"]), scripts)

    before = reading()
    time.sleep(seconds)
    took, redis, clients, commands, scripts = (now - then for now, then in zip(reading(), before))
    return {"seconds": took, "redis_pct": 100 * redis / took, "workers_pct": 100 * clients / took,
            "both_pct": 100 * (redis + clients) / took, "commands_per_s": commands / took, "scripts_per_s": scripts / took}


def system(scale):
    with Server() as server, stint.Workers(server, WORKERS) as workers:
        time.sleep(5)
        found = quiet(server, workers, max(4, SECONDS * scale))
        for key, what in (("rss", "VmRSS"), ("own", "RssAnon")):
            found[key] = statistics.median(stint.memory(process.pid, what) for process in workers.processes)
        return found


def many_queues(scale):
    """Queues that exist, since each had a job, and are empty."""
    names = [f"queue-{number}" for number in range(max(10, int(QUEUES * scale)))]
    with Server() as server, stint.Workers(server, WORKERS, names) as workers:
        jobs = "".join(f'{{"name":"noop","queue":"{name}"}}\n' for name in names)
        with open(f"{server.folder}/jobs", "w+", encoding="utf-8") as file:
            file.write(jobs)
            file.seek(0)
            stint.run(server, "enqueue", "--bulk", "-", "--quiet", *stint.named(), feed=file)
        stint.wait("a job of each queue has run", lambda: sum(one["completed"] for one in stint.queues(server)) == len(names), every=1)
        time.sleep(5)
        return {"queues": len(names), **quiet(server, workers, max(4, SECONDS * scale))}


def claims(scale):
    """The same jobs in one queue and in a thousand: what the claims of more queues add."""
    found = {}
    for count in (1, QUEUES):
        with Server() as server:
            rows = stint.speeds(stint.bench(server, "--raw", "--jobs", int(50_000 * scale), "--queues", count))
            found[str(count)] = rows["drain"]
    return found


def latency(scale):
    """Also how many processes a job wakes: an idle worker waits on BZPOPMIN, and after each wake-up, or 5 s, it waits anew."""
    samples = int(1_000 * scale)
    with Server() as server:
        rows = stint.bench(server, "--latency", "--workers", WORKERS, "--samples", samples, "--rate", 200)
        woken = int(server.info("commandstats")["cmdstat_bzpopmin"].split(",")[0].removeprefix("calls="))
        return {**stint.times(rows[stint.STARTED]), "woken": (woken - WORKERS) / (samples + 20)}


def delayed(scale):
    with Server() as server:
        return stint.times(stint.bench(server, "--delayed", "--samples", int(200 * scale) or 1)[stint.LATE])
