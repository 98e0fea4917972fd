# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Sends the finish of a job whose lease is lost, as its worker would if it had not learned of that in time."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
import resp  # noqa: E402

KEYS = "jobs big ready:0 ready:1 ready:2 ready:3 delayed leases errors progress cancelling unique kept dead recent meta wake"
PREFIX = "{stint:default}:"


def call(redis, script, keys, *arguments):
    """Calls one of the scripts that Benchmarks/peers/run took from the program."""
    with open(os.path.join("lua", script + ".lua"), encoding="utf-8") as file:
        return redis.send("EVAL", file.read(), len(keys), *(PREFIX + key for key in keys), *arguments)


def send(path, lease):
    redis, lane = resp.Connection(path), "lane:late"
    job, _, node = lease.split(":")
    call(redis, "open_lane", [lane])
    reply = call(redis, "advance", [*KEYS.split(), lane], "1", "1000", "0", node, "0", job, lease, "")
    print(json.dumps({"lost": reply[1] == [job.encode()]}))
