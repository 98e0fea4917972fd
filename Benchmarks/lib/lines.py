# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Jobs as lines for `stint enqueue --bulk`: 200 bytes each, a thousand different ones, as those of `stint bench`."""
import contextlib
import os
import threading

import stint

VARIETY = 1_000


def payload(number, length=200):
    """A JSON string of so many bytes."""
    word = f"{1_000_000 + number}. "
    return '"' + (word * (length // len(word) + 1))[:max(0, length - 2)] + '"'


BLOCK = "".join(payload(number) + "\n" for number in range(VARIETY)).encode()
WORDS = ("enqueue", "--bulk", "-", "--name", "bench", "--queue", stint.QUEUE, "--quiet", *stint.named())


def write(path, count):
    """A file of jobs with their names."""
    block = "".join(f'{{"name":"bench","payload":{payload(number)}}}\n' for number in range(VARIETY)).encode()
    with open(path, "wb") as file:
        for _ in range(count // VARIETY):
            file.write(block)


@contextlib.contextmanager
def pipe(count, gate=None, block=BLOCK):
    """A pipe that gives so many lines, as fast as they are read, while the gate is open."""
    reader, writer = os.pipe()

    def pour():
        try:
            with open(writer, "wb", buffering=0) as file:
                for _ in range(count // VARIETY):
                    if gate:
                        gate.wait()
                    view = memoryview(block)
                    while view:
                        view = view[file.write(view):]
        except BrokenPipeError:
            pass  # the program that reads it says why

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        os.close(reader)
        if gate:
            gate.set()
        thread.join()
