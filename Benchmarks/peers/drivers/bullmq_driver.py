# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: bullmq-python
# pip: bullmq==3.4.4 hiredis==3.5.0 uvloop==0.23.0
# jobs: 10000
# measures: enqueue bulk drain latency delayed recovery faults stale
# settings: hiredis, uvloop, concurrency 64, ended jobs removed
# tight: lockDuration 1 s, stalledInterval 1 s, maxStalledCount 100
import asyncio

import uvloop
from bullmq import Queue, Worker

from common import Handler, arguments, produce_async

options = arguments()
handler = Handler(options)
removed = {"removeOnComplete": True, "removeOnFail": True}


async def process(job, token):
    await handler.run_async(job.data)


async def main():
    if options.verb not in ("work", "drain"):
        queue = Queue("bench", {"connection": options.redis})

        def add(job, delay):
            return queue.add("noop", job, {**removed, "delay": int(delay * 1000)} if delay else removed)

        await produce_async(options, add, lambda jobs: queue.addBulk([{"name": "noop", "data": j, "opts": removed} for j in jobs]))
        return await queue.close()
    tight = {"lockDuration": 1000, "stalledInterval": 1000, "maxStalledCount": 100} if options.tight else {}
    Worker("bench", process, {"connection": options.redis, "concurrency": 64, **removed, **tight})
    await asyncio.Event().wait()

uvloop.run(main())
