# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: saq
# pip: saq[redis,hiredis]==0.26.4 hiredis==3.5.0 uvloop==0.23.0 typing_extensions==4.16.0
# jobs: 10000
# measures: enqueue drain latency delayed recovery faults stale
# settings: hiredis, uvloop, concurrency 64, ended jobs not kept (ttl -1)
# tight: timeout 3 s, sweep every 1 s, 100 retries
import asyncio

import uvloop
from redis.asyncio import Redis
from saq import Job, Worker
from saq.queue.redis import RedisQueue

from common import Handler, arguments, produce_async, time

options = arguments()
queue = RedisQueue(Redis(unix_socket_path=options.path))
handler = Handler(options)


async def noop(ctx, *, job):
    await handler.run_async(job)


def add(job, delay):
    more = {"timeout": 3, "retries": 100} if options.tight else {}
    return queue.enqueue(Job("noop", kwargs={"job": job}, ttl=-1, scheduled=time.time() + delay if delay else 0, **more))


async def main():
    if options.verb not in ("work", "drain"):
        return await produce_async(options, add)
    timers = {"sweep": 1} if options.tight else {}
    await Worker(queue, [noop], concurrency=64, timers=timers).start()

uvloop.run(main())
