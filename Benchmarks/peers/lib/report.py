# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Writes what was measured as one section of docs/benchmarks.md; nothing in there is written by hand."""
import os
import subprocess
import sys

from lib import goals
from lib.cells import life, number, spread, table
from lib.peer import ROOT

SECTION = "10-peers"
PAGE = os.path.join(ROOT, "docs", "benchmarks.md")
PHASES = (("enqueue", "enqueue one by one, 64 in flight, /s"), ("bulk", "bulk enqueue, /s"), ("drain", "drain, one worker process, /s"))
SPEEDS = (("throughput", "nothing on disk"), ("throughput-aof", "AOF everysec"))


def cell(results, measure, peer, *path):
    return spread(results.values(measure, peer, *path))


def listed(results, meta, *measures):
    """The peers that have figures of any of these, in the order of the drivers, whichever ended first."""
    return [peer for peer in meta["peers"] if any(results.of(measure, peer) for measure in measures)]


def failures(results, measure, peer):
    return "; ".join(dict.fromkeys(one["result"]["error"].split("\n")[0] for one in results.of(measure, peer) if "error" in one["result"]))


def jobs(results, measure, peer):
    found = results.values(measure, peer, "jobs")
    return number(found[0]) if found else failures(results, measure, peer) or "–"


def speeds(results, meta, measure):
    return table(
        ["peer", "jobs", *(title for _, title in PHASES), "server µs a job's life", "client µs", "B a waiting job"],
        [[peer, jobs(results, measure, peer), *(cell(results, measure, peer, phase, "per_s") for phase, _ in PHASES),
          spread(life(results, measure, peer)), spread(life(results, measure, peer, "client_us")),
          spread(results.values(measure, peer, "enqueue", "bytes"))] for peer in listed(results, meta, measure)])


def ratio(results, measure, peer, phase, own=goals.RAW):
    ours, theirs = (results.median(measure, name, phase, "per_s") for name in (own, peer))
    return f"{number(ours / theirs)} ×" if ours and theirs else "–"


def ratios(results, meta):
    there = [(measure, title) for measure, title in SPEEDS if results.peers(measure)]
    peers = [peer for peer in listed(results, meta, *(measure for measure, _ in there)) if not peer.startswith("stint")]
    return table(
        ["peer", *(f"{phase}, {title}" for _, title in there for phase in ("enqueue", "bulk", "drain", "drain decoded"))],
        [[peer, *(cell for measure, _ in there for cell in (
            *(ratio(results, measure, peer, phase) for phase, _ in PHASES), ratio(results, measure, peer, "drain", goals.DECODED)))]
         for peer in peers])


def costs(results, meta, measure):
    return table(["peer", *(f"{phase}: {side}" for phase, _ in PHASES for side in ("server", "client"))],
                 [[peer, *(cell(results, measure, peer, phase, side) for phase, _ in PHASES for side in ("redis_us", "client_us"))]
                  for peer in listed(results, meta, measure)])


def times(results, meta):
    head = ["peer", "calls a second", "idle enqueue → start, ms p50", "p99", "delayed by 2 s: ms late, p50", "p99", "earliest"]
    rows = []
    for more in ("", "-tight"):
        for peer in listed(results, meta, "latency" + more, "delayed" + more):
            name = "stint" if peer == goals.RAW else peer + (", tightest" if more else "")
            rows.append([name, meta["peers"].get(peer, {}).get("rate", "200"),
                         *(cell(results, "latency" + more, peer, key) for key in ("p50_ms", "p99_ms")),
                         *(cell(results, "delayed" + more, peer, key) for key in ("p50_ms", "p99_ms", "min_ms"))])
    return table(head, rows)


def recovered(results, measure, peer):
    found = [one["result"] for one in results.of(measure, peer) if "error" not in one["result"]]
    if not found:
        return failures(results, measure, peer) or "–"
    never = sum(one["seconds"] is None for one in found)
    late = f"not within {found[0]['limit']} s ({never} of {len(found)})"
    if never == len(found):
        return late
    return cell(results, measure, peer, "seconds") + " s" + (f"; {late}" if never else "")


def judged(results, peer):
    found = [one["result"] for one in results.of("stale", peer)]
    accepted, refused = (sum(one.get("accepted") is wanted for one in found) for wanted in (True, False))
    unsaid = dict.fromkeys(one.get("why") or one.get("error") for one in found if one.get("accepted") is None)
    words = [f"{accepted} of {accepted + refused}"] if accepted + refused else []
    return "; ".join([*words, *map(str, unsaid)]) or "–"


def recoveries(results, meta):
    return table(["peer", "defaults", "tightest sensible settings"],
                 [["stint" if peer == goals.RAW else peer, recovered(results, "recovery", peer), recovered(results, "recovery-tight", peer)]
                  for peer in listed(results, meta, "recovery", "recovery-tight")])


def faults(results, meta):
    keys = ("acknowledged", "lost", "doubled", "worker_kills", "server_kills", "restarts")
    rows = []
    for peer in listed(results, meta, "faults", "stale"):
        found = results.values("faults", peer, "lost")
        totals = [str(sum(results.values("faults", peer, key))) for key in keys]
        if not found:
            totals = [failures(results, "faults", peer) or "–"] + ["–"] * 5
        rows.append(["stint" if peer == goals.RAW else peer, *totals, judged(results, peer), recovered(results, "recovery-tight", peer)])
    return table(["peer", "acknowledged", "lost", "doubled", "kills of workers", "of the server", "workers that ended by themselves",
                  "stale finishes accepted", "recovery time"], rows)


def settings(meta):
    names = {}
    for name, facts in meta["peers"].items():
        names.setdefault((facts["version"], facts["settings"], facts.get("tight", "–")), []).append(name)
    return table(["peer", "versions", "settings", "tightest"], [[", ".join(same), *facts] for facts, same in names.items()])


def text(results):
    heads = [one["result"] for one in results.of("meta", "all")]
    if not heads:
        return None
    meta = {**heads[-1], "peers": {name: facts for head in heads for name, facts in head["peers"].items()}}
    turns = max((one["turn"] for one in results.lines), default=0)
    limit = max((limit for peer in results.peers("faults") for limit in results.values("faults", peer, "limit")), default="–")
    parts = ["## Stint and what could be used instead", (
        f"Made by `{meta['command']}` on {meta['date']}: {meta['processor']}, {meta['cores']} cores shared by client and server, "
        f"Linux {meta['kernel']}, {meta['redis']}. Each measurement has a fresh private server on a Unix socket; peers take turns. "
        f"Median (range) of up to {turns} turns; payloads are 200 bytes of JSON, handlers do nothing. A dash: not measured, or no such call. "
        "Other machines give other figures; the ratios mean more.")]
    if results.peers("throughput"):
        parts += ["### Goals of Stint that this run can judge", (
            "A peer on Redis is crash-safe if a killed worker's job ran again in every turn below. The last column is what limits Stint: a "
            "client in C that calls the same scripts, two lanes with a call each in flight, at the best of its batches."),
            goals.section(results, meta)]
    if any(results.peers(measure) for measure, _ in SPEEDS):
        parts += ["### Speed", (
            "A drain of the peers is timed from the first start to the last start, which favours them: one of Stint (of twice as many jobs) and "
            "of the floors from before the first claim until after the last finish. Server: Redis, or the peer's own; client: all of its "
            "processes. A job's life is bulk enqueue (one by one where there is no such call) and drain. The floors are C clients: a list "
            "and streams without a guarantee of their own, and Stint's own scripts at 50 to 500 jobs a call.")]
        for measure, title in SPEEDS:
            if results.peers(measure):
                parts += [f"With {title}:", speeds(results, meta, measure)]
        parts += ["How many times as many Stint does (raw; the last column of each with decoded payloads, which the other queues "
                  "decode as well):", ratios(results, meta)]
        for measure, title in SPEEDS:
            if results.peers(measure):
                parts += [f"Processor time of each phase with {title}, µs a job:", costs(results, meta, measure)]
    if results.peers("latency") or results.peers("delayed"):
        parts += ["### Times", "One worker process that has nothing else to do; delayed jobs at 20 a second.", times(results, meta)]
    if results.peers("recovery") or results.peers("recovery-tight"):
        parts += ["### Recovery", (
            "kill -9 of a worker, with all that it started, in the middle of a job: after which time the job runs again. What took a peer more "
            "than a minute was measured in one turn only."), recoveries(results, meta)]
    if results.peers("faults") or results.peers("stale"):
        parts += ["### Under fire", (
            "300 jobs in 15 s, a worker killed about every 2 s, the server twice (AOF flushed each second), tightest settings, all turns "
            f"together. Lost: acknowledged, and no run of it ended within {limit} s after the last kill. Doubled: more than one run ended, which "
            "at-least-once allows. Stale finishes accepted: a worker stood still until another had its job, then finished it; did that end the "
            "job? Recovery time: as above, tightest settings. Stint's jobs are processes of their own here: a kill between a job's last line "
            "and its exit doubles it."), faults(results, meta)]
    return "\n\n".join(part.rstrip("\n") for part in [*parts, "### Versions and settings", settings(meta)]) + "\n"


def write(results, path):
    """Writes the section, and the page with it; a trial has a folder of sections beside its page."""
    section = text(results)
    if section is None:
        return None
    folder = os.path.join(ROOT, ".build-peers" if path == PAGE else os.path.dirname(os.path.abspath(path)), "sections")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, SECTION + ".md"), "w", encoding="utf-8") as file:
        file.write(section)
    subprocess.run([sys.executable, os.path.join(ROOT, "Benchmarks", "lib", "page.py"), "--sections", folder, "--out", path], check=True)
    return section
