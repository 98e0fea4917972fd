# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Writes what was measured as tables into docs/benchmarks.md, between two marks; nothing in there is written by hand."""
import os

BEGIN, END = "<!-- peers: written by Benchmarks/peers/run -->", "<!-- peers: end -->"
FIRST = "# Benchmarks\n\n"
DURABILITY = (("throughput", "Throughput, no persistence"), ("throughput-aof", "Throughput, AOF with everysec"))


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cell(results, measure, peer, *path):
    """Median (least to greatest)."""
    found = results.values(measure, peer, *path)
    if not found:
        return "–"
    median = number(results.median(measure, peer, *path))
    return median if len(found) == 1 else f"{median} ({number(min(found))}–{number(max(found))})"


def table(head, rows):
    return "\n".join(["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]) + "\n"


def ratio(results, measure, peer, phase):
    ours, theirs = (results.median(measure, name, phase, "per_s") for name in ("stint-raw", peer))
    return "–" if not ours or not theirs or peer == "stint-raw" else f"{number(ours / theirs)} ×"


def throughput(results, measure):
    rows, ratios, costs = [], [], []
    for peer in results.peers(measure):
        jobs = results.values(measure, peer, "jobs")
        speeds = [cell(results, measure, peer, phase, "per_s") for phase in ("enqueue", "bulk", "drain")]
        rows.append([peer, number(jobs[0]) if jobs else failure(results, measure, peer), *speeds])
        ratios.append([peer, *(ratio(results, measure, peer, phase) for phase in ("enqueue", "bulk", "drain"))])
        costs.append([peer, *(cell(results, measure, peer, phase, side) for phase in ("enqueue", "bulk", "drain")
                              for side in ("redis_us", "client_us")), cell(results, measure, peer, "enqueue", "bytes")])
    return "\n".join([
        table(["peer", "jobs", "enqueue one by one, 64 in flight, /s", "bulk enqueue, /s", "drain, one worker process, /s"], rows),
        "How many times as many Stint (raw) does:\n",
        table(["peer", "enqueue", "bulk", "drain"], ratios),
        "Processor time a job, µs (server: Redis or the peer's own; client: its processes), and memory of a waiting job:\n",
        table(["peer", "enqueue: server", "client", "bulk: server", "client", "drain: server", "client", "B a waiting job"], costs),
    ])


def failure(results, measure, peer):
    return next((one["result"]["error"] for one in results.of(measure, peer) if "error" in one["result"]), "–")


def floor(results):
    """A job's whole life in bulk, against the bare list."""
    rows = []
    for peer in results.peers("throughput"):
        sums = [bulk + drain for bulk, drain in zip(results.values("throughput", peer, "bulk", "redis_us"),
                                                    results.values("throughput", peer, "drain", "redis_us"))]
        if sums:
            rows.append((peer, sorted(sums)[len(sums) // 2]))
    bare = dict(rows).get("floor-list")
    return table(["peer", "server µs, bulk enqueue and drain together", "floors' list = 1"],
                 [[peer, number(value), number(value / bare) if bare else "–"] for peer, value in rows])


def times(results):
    head = ["peer", "idle enqueue → start, ms p50", "p99", "delayed by 2 s: ms late, p50", "p99", "earliest"]
    rows = []
    for more in ("", "-tight"):
        for peer in dict.fromkeys([*results.peers("latency" + more), *results.peers("delayed" + more)]):
            rows.append([peer + (", tightest" if more else ""),
                         *(cell(results, "latency" + more, peer, key) for key in ("p50_ms", "p99_ms")),
                         *(cell(results, "delayed" + more, peer, key) for key in ("p50_ms", "p99_ms", "min_ms"))])
    return table(head, rows)


def recovered(results, measure, peer):
    lines = results.of(measure, peer)
    if not lines:
        return "–"
    broken = [one["result"]["error"] for one in lines if "error" in one["result"]]
    if broken:
        return broken[0]
    never = sum(one["result"]["seconds"] is None for one in lines)
    limit = lines[0]["result"]["limit"]
    if never == len(lines):
        return f"not within {limit} s ({never} of {never})"
    return cell(results, measure, peer, "seconds") + " s" + (f", {never} of {len(lines)} not within {limit} s" if never else "")


def judged(results, peer):
    lines = results.of("stale", peer)
    verdicts = [one["result"] for one in lines]
    accepted, refused = (sum(one.get("accepted") is wanted for one in verdicts) for wanted in (True, False))
    unsaid = {one.get("why") or one.get("error") for one in verdicts if one.get("accepted") is None}
    return f"{accepted} of {accepted + refused}" + ("" if not unsaid else "; " + "; ".join(sorted(unsaid))) if lines else "–"


def faults(results):
    peers = dict.fromkeys([*results.peers("recovery"), *results.peers("faults"), *results.peers("stale")])
    waits = [[peer, recovered(results, "recovery", peer), recovered(results, "recovery-tight", peer)] for peer in peers]
    rows = []
    for peer in peers:
        totals = [str(sum(results.values("faults", peer, key))) for key in
                  ("acknowledged", "lost", "doubled", "worker_kills", "server_kills", "restarts")]
        rows.append([peer, *(totals if results.values("faults", peer, "lost") else ["–"] * 6), judged(results, peer)])
    return "\n".join([
        "kill -9 of a worker (with all that it started) in the middle of a job: when the job runs again.\n",
        table(["peer", "defaults", "tightest sensible settings"], waits),
        "A worker killed about every 2 s, the server twice (log on disk, flushed each second), tightest settings, all turns together. "
        "Lost: acknowledged, and no run ended until long after (the limit stands in the results). Doubled: more than one run ended, which "
        "at-least-once allows. Stale finishes accepted: a worker stood still until another had its job, then finished it; did that count?\n",
        table(["peer", "acknowledged", "lost", "doubled", "kills of workers", "of the server", "workers that ended by themselves",
               "stale finishes accepted"], rows),
    ])


def settings(meta):
    rows = [[name, facts["version"], facts["settings"], facts.get("tight", "–")] for name, facts in meta["peers"].items()]
    return table(["peer", "versions", "settings", "tightest"], rows)


def write(results, path):
    heads = results.of("meta", "all")
    if not heads:
        return
    meta = heads[-1]["result"]
    for head in heads:
        meta["peers"] = {**head["result"]["peers"], **meta["peers"]}
    turns = max((one["turn"] for one in results.lines), default=0)
    parts = [BEGIN, "## Stint and what could be used instead", (
        f"Made by `{meta['command']}` on {meta['date']}: {meta['processor']}, {meta['cores']} cores shared by client and server, "
        f"Linux {meta['kernel']}, {meta['redis']}. Each measurement has a fresh private server on a Unix socket; peers take turns. "
        f"Median (range) of up to {turns} turns; payloads are 200 bytes of JSON, handlers do nothing. A dash: not measured, or no such call.")]
    for measure, title in DURABILITY:
        if results.peers(measure):
            parts += [f"### {title}", throughput(results, measure)]
    parts += ["### Against the floor", floor(results), "### Times", times(results), "### When things die", faults(results),
              "### Versions and settings", settings(meta), END]
    text = "\n\n".join(part.rstrip("\n") for part in parts) + "\n"
    before, after = FIRST, ""
    if os.path.exists(path):
        with open(path) as file:
            whole = file.read()
        before, _, rest = whole.partition(BEGIN)
        after = rest.partition(END)[2].lstrip("\n")
        if BEGIN not in whole:
            before += "\n"
    with open(path, "w") as file:
        file.write(before + text + ("\n" + after if after else ""))
    return text
