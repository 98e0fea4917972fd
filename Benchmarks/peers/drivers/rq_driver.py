# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: rq
# pip: rq==3.0.0 hiredis==3.5.0
# jobs: 5000
# rate: 10
# measures: enqueue bulk drain latency delayed recovery faults stale
# settings: hiredis, JSON, results not kept; a drain in SimpleWorker (no fork for each job), all else in the default Worker (one job at a time; 10 calls a second in place of 200, which it cannot serve)
# tight: Retry(max=100), job_monitoring_interval 1 s, maintenance_interval 1 s, worker_ttl 20 s (an idle worker looks after others every 5 s)
import datetime
import sys

from redis import Redis
from rq import Queue, Retry, SimpleWorker, Worker
from rq.serializers import JSONSerializer

from common import Handler, arguments, produce

sys.modules["rq_driver"] = sys.modules["__main__"]
options = arguments()
redis = Redis(unix_socket_path=options.path)
queue = Queue("bench", connection=redis, serializer=JSONSerializer)
handler = Handler(options)


def noop(job):
    handler.run(job)


def add(job, delay):
    more = {"retry": Retry(max=100)} if options.tight else {}
    if delay:
        queue.enqueue_in(datetime.timedelta(seconds=delay), "rq_driver.noop", job, result_ttl=0, **more)
    else:
        queue.enqueue("rq_driver.noop", job, result_ttl=0, **more)


def add_bulk(jobs):
    queue.enqueue_many([Queue.prepare_data("rq_driver.noop", (job,), result_ttl=0) for job in jobs])


if options.verb in ("work", "drain"):
    tight = {"job_monitoring_interval": 1, "maintenance_interval": 1, "worker_ttl": 20} if options.tight else {}
    kind = SimpleWorker if options.verb == "drain" else Worker
    worker = kind([queue], connection=redis, serializer=JSONSerializer, log_job_description=False, **tight)
    worker.work(with_scheduler=options.verb == "work", logging_level="ERROR")
else:
    produce(options, add, add_bulk)
