# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Sends the finish of a job whose lease is lost, as its worker would if it had not learned of that in time."""
import json
import os
import socket

KEYS = "jobs big ready:0 ready:1 ready:2 ready:3 delayed leases errors progress cancelling unique kept dead recent meta wake"
PREFIX = "{stint:default}:"


class Redis:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb")

    def call(self, script, keys, *arguments):
        """Calls one of the scripts that Benchmarks/peers/run took from the program."""
        with open(os.path.join("lua", script + ".lua"), encoding="utf-8") as file:
            words = [word.encode() for word in ("EVAL", file.read(), str(len(keys)), *(PREFIX + key for key in keys), *arguments)]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.reply()

    def reply(self):
        line = self.reader.readline().strip()
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return self.reader.read(int(rest) + 2)[:-2].decode() if kind == b"$" else int(rest)


def send(path, lease):
    redis, lane = Redis(path), "lane:late"
    job, _, node = lease.split(":")
    redis.call("open_lane", [lane])
    reply = redis.call("advance", [*KEYS.split(), lane], "1", "1000", "0", node, "0", job, lease, "")
    print(json.dumps({"lost": reply[1] == [job]}))
