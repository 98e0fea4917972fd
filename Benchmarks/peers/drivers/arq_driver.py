# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: arq
# pip: arq==0.28.0 hiredis==3.5.0 uvloop==0.23.0
# jobs: 10000
# measures: enqueue drain latency delayed recovery faults stale
# settings: hiredis, uvloop, 64 jobs at a time, results not kept, poll_delay 0.01 s in a drain (default 0.5 s elsewhere)
# tighter: times
# tight: poll_delay 0.01 s, job_timeout 3 s (the lock lives 10 s longer), 100 tries
import asyncio

import uvloop
from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker, func

from common import Handler, arguments, produce_async

options = arguments()
settings = RedisSettings(unix_socket_path=options.path)
handler = Handler(options)


async def noop(ctx, job):
    await handler.run_async(job)


async def main():
    if options.verb not in ("work", "drain"):
        pool = await create_pool(settings)
        return await produce_async(options, lambda job, delay: pool.enqueue_job("noop", job, _defer_by=delay or None))
    more = {"job_timeout": 3, "max_tries": 100} if options.tight else {}
    if options.tight or options.verb == "drain":
        more["poll_delay"] = 0.01
    worker = Worker([func(noop, name="noop")], redis_settings=settings, max_jobs=64, keep_result=0, log_results=False, **more)
    await worker.async_run()

uvloop.install()
asyncio.set_event_loop(uvloop.new_event_loop())
asyncio.get_event_loop().run_until_complete(main())
