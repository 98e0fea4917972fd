# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: dramatiq
# pip: dramatiq[redis]==2.2.1 hiredis==3.5.0
# jobs: 10000
# measures: enqueue drain latency delayed recovery faults stale
# settings: hiredis, 8 threads in one process, JSON, prefetch 64 in a drain (default 16 elsewhere), the default middleware
# tight: heartbeat_timeout 3 s, maintenance with every call
import os
import threading

from common import Handler, arguments, produce

options = arguments()
if options.verb == "drain":
    os.environ["dramatiq_queue_prefetch"] = "64"  # read when the module is loaded
import dramatiq  # noqa: E402
from dramatiq.brokers.redis import RedisBroker  # noqa: E402

tight = {"heartbeat_timeout": 3000, "maintenance_chance": 1_000_000} if options.tight else {}
broker = RedisBroker(url="unix://" + options.path, **tight)
dramatiq.set_broker(broker)
handler = Handler(options)


@dramatiq.actor
def noop(job):
    handler.run(job)


if options.verb in ("work", "drain"):
    dramatiq.Worker(broker, worker_threads=8).start()
    threading.Event().wait()
else:
    produce(options, lambda job, delay: noop.send_with_options(args=(job,), delay=int(delay * 1000) or None))
