# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Where a Redis Cluster keeps a queue: all keys of one have one hash tag, so they share one of 16,384 slots of one node."""
import binascii
import statistics

SLOTS = 16384


def slot(tag):
    """The slot of what stands between the braces: CRC16 as Redis Cluster uses it (XMODEM)."""
    return binascii.crc_hqx(tag.encode(), 0) % SLOTS


def node(tag, nodes):
    """The node, where each has an equal part of the slots in one piece, as `redis-cli --cluster create` deals them."""
    return slot(tag) * nodes // SLOTS


def queues(count):
    return [f"stint:queue-{number}" for number in range(count)]


def shards(name, count):
    """The hash tags of a queue's shards; a queue that is not split keeps its own."""
    return [f"stint:{name}"] if count == 1 else [f"stint:{name}#{number}" for number in range(count)]


def busiest(tags, nodes):
    """The most of them that any node has."""
    found = [node(tag, nodes) for tag in tags]
    return max(found.count(one) for one in set(found))


def typical(count, nodes, names=101):
    """A name whose shards lie as those of most names do: the busiest node has the median number of them."""
    found = {f"hot-{number}": busiest(shards(f"hot-{number}", count), nodes) for number in range(names)}
    median = statistics.median_low(found.values())
    return next(name for name, most in found.items() if most == median)
