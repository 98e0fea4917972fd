# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: beanstalkd
# apt: beanstalkd
# server: beanstalkd
# jobs: 100000
# measures: enqueue bulk drain latency delayed recovery faults stale
# settings: own protocol on a Unix socket, 64 requests in flight on one connection, 128 in bulk; with a log flushed each 1 s as "everysec"
# tight: ttr 3 s (it takes a job back at once when its connection closes), one slot a worker in place of 8
import json
import socket
import threading

from common import Handler, Log, arguments, feed_job, group_cpu, payload, report, time

options = arguments()
handler = Handler(options)
TTR = 3 if options.tight else 60


class Connection:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(options.path)
        self.reader = self.socket.makefile("rb", 1 << 16)

    def put(self, job, delay=0):
        data = json.dumps(job, separators=(",", ":")).encode()
        return b"put 100 %d %d %d\r\n%s\r\n" % (int(delay), TTR, len(data), data)

    def answer(self, wanted):
        line = self.reader.readline()
        if not line.startswith(wanted):
            raise ConnectionError(repr(line))
        return line

    def reserved(self):
        _, number, length = self.answer(b"RESERVED").split()
        return number, json.loads(self.reader.read(int(length) + 2))


def enqueue(in_flight):
    """Puts jobs with `in_flight` requests under way: half a window is sent whenever half a window is answered."""
    connection, started, cpu = Connection(), time.time(), group_cpu()
    sent = answered = 0
    while answered < options.jobs:
        count = min(in_flight - (sent - answered), options.jobs - sent)
        if count:
            connection.socket.sendall(b"".join(connection.put(payload(sent + n, options.payload)) for n in range(count)))
            sent += count
        for _ in range(min(sent - answered, in_flight // 2)):
            connection.answer(b"INSERTED")
            answered += 1
    report(options.jobs, started, cpu)


def feed():
    connection, log, begun, cpu = None, Log(options.log), time.time(), group_cpu()
    for number in range(options.jobs):
        time.sleep(max(0, begun + number / options.rate - time.time()))
        job = feed_job(options, number)
        try:
            connection = connection or Connection()
            connection.socket.sendall(connection.put(job, options.delay_ms / 1000))
            connection.answer(b"INSERTED")
            log.write("ack", job)
        except OSError as error:
            connection = None
            log.write("failed", job, why=repr(error))
    report(options.jobs, begun, cpu)


def drain():
    connection = Connection()
    connection.socket.sendall(b"reserve\r\n" * 64)
    while True:
        ids = []
        for _ in range(64):
            number, job = connection.reserved()
            handler.run(job)
            ids.append(number)
        connection.socket.sendall(b"".join(b"delete %s\r\n" % number for number in ids) + b"reserve\r\n" * 64)
        for _ in ids:
            connection.answer(b"DELETED")


def serve():
    """One slot: a job at a time on a connection of its own, opened again when the server has been away."""
    while True:
        try:
            connection = Connection()
            while True:
                connection.socket.sendall(b"reserve\r\n")
                number, job = connection.reserved()
                handler.run(job)
                connection.socket.sendall(b"delete %s\r\n" % number)
                connection.reader.readline()  # NOT_FOUND where the job is not ours any more
        except OSError:
            time.sleep(0.1)


if options.verb == "enqueue":
    enqueue(64)
elif options.verb == "bulk":
    enqueue(128)  # many more answers than this do not fit into the buffer of a Unix socket
elif options.verb == "feed":
    feed()
elif options.verb == "drain":
    drain()
else:
    slots = [threading.Thread(target=serve) for _ in range(1 if options.tight else 8)]
    [slot.start() for slot in slots]
