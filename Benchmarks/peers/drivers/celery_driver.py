# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: celery
# pip: celery[redis]==5.7.0 hiredis==3.5.0
# jobs: 10000
# measures: enqueue drain latency delayed recovery faults stale
# settings: prefork with a process a core, prefetch 64 each, JSON, results ignored, no gossip, mingle or events
# tight: acks_late, reject_on_worker_lost, prefetch 1, visibility_timeout 3 s
import ctypes
import multiprocessing
import os

from celery import Celery

from common import Handler, arguments, group_cpu, produce, report, signal, time

options = arguments()
app = Celery("bench", broker="redis+socket://" + options.path)
app.conf.update(
    task_ignore_result=True, task_acks_late=options.tight, task_reject_on_worker_lost=options.tight,
    worker_prefetch_multiplier=1 if options.tight else 64, worker_hijack_root_logger=False, worker_concurrency=os.cpu_count(),
    broker_connection_retry_on_startup=True, broker_connection_max_retries=None, worker_send_task_events=False,
    broker_transport_options={"visibility_timeout": 3} if options.tight else {},
)


class SharedHandler(Handler):
    """Counts over the processes of the pool."""

    def __init__(self):
        super().__init__(options)
        self.shared = multiprocessing.Value(ctypes.c_long, 0)
        self.origin = multiprocessing.Array(ctypes.c_double, 2)

    def count(self):
        with self.shared.get_lock():
            self.shared.value += 1
            seen = self.shared.value
            if seen == 1:
                self.origin[:] = [time.time(), group_cpu()]
        if seen == self.goal:
            report(self.goal, self.origin[0], self.origin[1])
            os.killpg(os.getpgrp(), signal.SIGKILL)


handler = SharedHandler()


@app.task(name="noop")
def noop(job):
    handler.run(job)


if options.verb in ("work", "drain"):
    app.worker_main(["worker", "--pool=prefork", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"])
else:
    produce(options, lambda job, delay: noop.apply_async((job,), countdown=delay or None))
