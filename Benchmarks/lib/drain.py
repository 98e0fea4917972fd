# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Jobs for a worker of `stint bench`, and such workers by themselves: for what wants to look at one process alone."""
import json
import os
import socket
import subprocess

NAMESPACE, QUEUE, NAME = "bench", "bench", "bench"


def payload(number):
    """The payload that `stint bench` has: seven fields, 200 bytes, no two the same."""
    return json.dumps({"account": 48_150_000 + number, "to": f"user{10_000 + number}@example.com", "subject": "Your receipt",
                       "template": "receipt-v2", "amount": number + 0.5, "isUrgent": False,
                       "text": (f"{1_000_000 + number}. " * 7)[:58]}, separators=(",", ":"))


def environment(url, **more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("STINT_")}
    return {**kept, "STINT_REDIS_URL": url, "STINT_NAMESPACE": NAMESPACE, **more}


def write_payloads(path, jobs):
    with open(path, "w") as file:
        file.writelines(payload(number) + "\n" for number in range(jobs))


def fill(stint, url, path):
    """Enqueues a job for each line of the file."""
    subprocess.run([stint, "enqueue", "--bulk", path, "--name", NAME, "--queue", QUEUE], env=environment(url), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def drain(command, url, slots=256, raw=False, **more):
    """Runs all jobs with one worker process; `command` is the program, or one that runs it. Returns what it reports."""
    words = [*command, "__bench-worker", "--drain", "--slots", str(slots)] + (["--raw"] if raw else [])
    with subprocess.Popen(words, env=environment(url, **more), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        if worker.stdout.readline() != "ready\n":
            raise RuntimeError("the worker does not start")
        worker.stdin.write("go\n")
        worker.stdin.flush()
        report = worker.stdout.readline()
        worker.stdin.close()
        if worker.wait() != 0 or not report:
            raise RuntimeError("the worker failed")
    return json.loads(report)


def flush(path):
    """Empties the private server at a socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(b"FLUSHALL\r\n")
        if not connection.recv(64).startswith(b"+OK"):
            raise RuntimeError("the server was not emptied")
