# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Runs every script on a queue of millions of jobs and reports how long each held up the server.

Usage: script_times.py FOLDER_OF_FLATTENED_SCRIPTS JOBS CALLS [SERVER]. The times are those of the server's own slow log, on
the wall's clock; `cpu` is the time that the server's thread was running, with reading the call and writing the reply, where
the system tells it. On a machine that does other work the two differ.
"""
import glob, itertools, os, re, signal, socket, struct, subprocess, sys, tempfile, time

FOLDER, JOBS, CALLS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SERVER = sys.argv[4] if len(sys.argv) > 4 else "redis-server"
P99_US, MOST_US = 1000, 5000
NODE, LEASE_MS = "bench0", 3_600_000


class Redis:
    def __init__(self, path, pid):
        self.schedstat = f"/proc/{pid}/task/{pid}/schedstat"
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb", 1 << 20)

    def __call__(self, *words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            word = word if isinstance(word, bytes) else str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
        self.socket.sendall(b"".join(parts))
        return self.read()

    def cpu_us(self):
        """Microseconds that the server's thread has run; 0 where the system does not tell."""
        time.sleep(0.0005)  # it may still be on its way from the reply to waiting
        try:
            return int(open(self.schedstat).read().split()[0]) // 1000
        except OSError:
            return 0

    def read(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.reader.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        return rest


class Queue:
    """A queue's scripts, called as a worker or a producer would."""

    def __init__(self, redis, name="big"):
        self.redis, self.prefix, self.scripts, self.next_id = redis, "{stint:%s}" % name, {}, 0
        for path in glob.glob("lua/*.lua"):
            script = os.path.basename(path)[:-4]
            keys = re.search(r"--! keys:\s*(.*(?:\n--!\s{6,}.*)*)", open(path).read()).group(1).replace("--!", "").split()
            text = open(os.path.join(FOLDER, script + ".lua"), "rb").read()
            self.scripts[script] = (redis("SCRIPT", "LOAD", text), keys)
        self.number = 0
        self.call("open_lane")

    def key(self, name):
        if name in ("queues", "nodes", "node_details"):
            return ["{stint}:" + name]
        if name == "ready:4":
            return [f"{self.prefix}:ready:{list}" for list in range(4)]
        return [self.prefix + (":lane:bench" if name == "lane" else ":log:1" if name == "log" else ":" + name)]

    def call(self, script, *arguments):
        sha, names = self.scripts[script]
        keys = [key for name in names for key in self.key(name)]
        return self.redis("EVALSHA", sha, len(keys), *keys, *arguments)

    def in_lane(self, script, *arguments):
        self.number += 1
        reply = self.call(script, self.number, *arguments)
        if reply[0] != 1:
            raise RuntimeError(f"{script} answered {reply}")
        return reply

    def id(self):
        self.next_id += 1
        return b"%026d" % self.next_id

    def entry(self, delay_ms=0, payload=b"x" * 100, unique=False, attempts=3, keep_ms=0):
        """The head of a record and the words that follow it in a call of `enqueue`."""
        id, fields = self.id(), b"\x09mail.send"
        if keep_ms:
            fields += bytes(11) + keep_ms.to_bytes(5, "big") + bytes(5)
        if unique:
            fields += b"u" + struct.pack(">H", len(id)) + id
        flags = (64 if unique else 0) | (32 if len(payload) > 512 else 0) | (128 if keep_ms else 0)
        record = b"\x01d:" + bytes([flags, 16 if keep_ms else 0]) + bytes(4) + struct.pack(">H", attempts) + bytes(6)
        record += delay_ms.to_bytes(6, "big") + bytes(7) + b"000000" + struct.pack(">H", len(fields)) + fields
        big = len(payload) > 512
        words = [id, record[39:] + (struct.pack(">I", len(payload)) if big else payload)]
        return record[:39], words + ([id, "e"] if unique else []) + ([payload] if big else [])

    @staticmethod
    def grouped(entries):
        """The words of a call: entries that follow each other with the same head share it."""
        groups = [(head, list(group)) for head, group in itertools.groupby(entries, lambda entry: entry[0])]
        return [word for head, group in groups
                for word in [head, len(group)] + [word for _, words in group for word in words]]

    def add(self, count, **options):
        return self.in_lane("enqueue", *self.grouped([self.entry(**options) for _ in range(count)]))

    def claim(self, count, finished=()):
        reply = self.in_lane("advance", LEASE_MS, count, NODE, 0, *finished)
        claimed = reply[2]
        return [(claimed[at], self.member(claimed[at], claimed[at + 1])) for at in range(0, len(claimed), 3)]

    @staticmethod
    def member(id, record):
        return b"%s:%d:%s" % (id, int.from_bytes(record[23:30], "big"), record[30:36])


def fill(queue):
    began = time.time()

    def say(what):
        print(f"{what} ({time.time() - began:.0f} s)", file=sys.stderr, flush=True)

    for _ in range(JOBS // 10 // 500):
        queue.add(500)
        jobs = queue.claim(500)
        for at in range(0, 500, 100):
            words = [word for id, member in jobs[at:at + 100] for word in (id, member, "d", 0, "e", "550 no such user")]
            queue.in_lane("fail", 3, *words)
    say(f"{JOBS // 10} dead")
    for _ in range(JOBS // 500):
        queue.add(500, delay_ms=86_400_000)
    say(f"{JOBS} delayed")
    running = []
    for _ in range(JOBS // 10 // 500):
        queue.add(500)
        running += queue.claim(500)
    say(f"{JOBS // 10} running")
    for _ in range(JOBS // 500):
        queue.add(500)
    say(f"{JOBS} ready")
    return running


def measure(queue, running):
    """Yields the name of a measurement and, in order of size, its calls' microseconds on the wall's clock and of CPU."""
    redis = queue.redis

    def times(prepare, call, calls=CALLS):
        taken, spent = [], []
        for _ in range(calls):
            prepared = prepare()
            redis("SLOWLOG", "RESET")
            redis("CONFIG", "SET", "slowlog-log-slower-than", 0)
            before = redis.cpu_us()
            call(prepared)
            spent.append(redis.cpu_us() - before)
            redis("CONFIG", "SET", "slowlog-log-slower-than", -1)
            taken += [entry[2] for entry in redis("SLOWLOG", "GET", 10) if entry[3][0] in (b"EVALSHA", b"evalsha")]
        return sorted(taken), sorted(spent)

    def take(count):
        taken = [running.pop() for _ in range(count)]
        if len(running) < 2000:
            running.extend(queue.claim(500))
        return taken

    def entries(count, **options):
        return queue.grouped([queue.entry(**options) for _ in range(count)])

    def ids(key, count, by_score=True):
        if by_score:
            return redis("ZRANDMEMBER", f"{queue.prefix}:{key}", count)
        return redis("LRANGE", f"{queue.prefix}:{key}", -count, -1)

    def ending(count, *more):
        return lambda: [word for id, member in take(count) for word in (id, member, *more)]

    lane = queue.in_lane
    nothing = lambda: None
    yield "enqueue, 200 jobs", times(lambda: entries(200), lambda words: lane("enqueue", *words))
    yield "enqueue, 200 with a unique key", times(lambda: entries(200, unique=True), lambda words: lane("enqueue", *words))
    yield "enqueue, 200 with a unique key and 600 B", times(
        lambda: entries(200, unique=True, payload=b"x" * 600), lambda words: lane("enqueue", *words))
    yield "enqueue, 100 delayed", times(lambda: entries(100, delay_ms=5_000_000), lambda words: lane("enqueue", *words))
    yield "enqueue, 15 of 64 KiB", times(
        lambda: entries(15, payload=b"x" * 65536), lambda words: lane("enqueue", *words))

    def advance(words, count):
        running.extend(queue.claim(count, words))

    def keeping(count, result):
        # Urgent, so that they are what is claimed next.
        words = entries(count, keep_ms=60_000)
        words[0] = words[0][:2] + b"0" + words[0][3:]
        lane("enqueue", *words)
        return [word for id, member in queue.claim(count) for word in (id, member, result)]

    yield "advance, claim 200", times(nothing, lambda _: advance((), 200))
    yield "advance, finish 100 and claim 100", times(ending(100, ""), lambda words: advance(words, 100))
    yield "advance, finish 100 kept with 600 B, claim 100", times(
        lambda: keeping(100, "x" * 600), lambda words: advance(words, 100))
    yield "advance, finish 64 and claim 64", times(ending(64, ""), lambda words: advance(words, 64))
    yield "fail, 100 retried", times(
        ending(100, "r", 60000, "e", "timed out"), lambda words: lane("fail", 3, *words))
    yield "fail, 16 retried with 4 KiB", times(
        ending(16, "r", 60000, "e", "x" * 4096), lambda words: lane("fail", 3, *words))
    yield "fail, 100 dead", times(ending(100, "d", 0, "e", "timed out"), lambda words: lane("fail", 3, *words))
    yield "release, 200 to the front", times(ending(200, -1, 1), lambda words: lane("release", *words))
    yield "renew, 500 leases", times(
        lambda: [member for _, member in running[:500]], lambda members: queue.call("renew", LEASE_MS, *members))
    yield "renew, 100 leases", times(
        lambda: [member for _, member in running[:100]], lambda members: queue.call("renew", LEASE_MS, *members))

    def look():
        now = redis("TIME")
        now_ms = int(now[0]) * 1000 + int(now[1]) // 1000
        redis("HSET", f"{queue.prefix}:meta", "look", now_ms - 1000, "hold", 0)
        return now_ms

    def make_due(reaped, due):
        now_ms = look()
        for _, member in take(reaped):
            redis("ZADD", f"{queue.prefix}:leases", "XX", now_ms - 5, member)
        for id in ids("delayed", due) if due else []:
            redis("ZADD", f"{queue.prefix}:delayed", "XX", now_ms - 5, id)

    sweep = lambda _: queue.call("sweep", LEASE_MS, 1000, 3, NODE)
    yield "sweep, nothing to do", times(look, sweep)
    yield "sweep, promote 200", times(lambda: make_due(0, 200), sweep)
    yield "sweep, reap 100", times(lambda: make_due(100, 0), sweep)
    yield "sweep, reap 100 and promote 200", times(lambda: make_due(100, 200), sweep)
    yield "trim, 100 dead by count", times(
        look, lambda _: queue.call("trim", 10**12, max(0, redis("ZCARD", f"{queue.prefix}:dead") - 100)), CALLS // 2)
    yield "cancel, 200 delayed", times(lambda: ids("delayed", 200), lambda found: lane("cancel", "bench", "", 0, *found))
    yield "cancel, 200 ready", times(lambda: ids("ready:2", 200, False), lambda found: lane("cancel", "bench", "", 0, *found), 20)
    yield "promote, 200", times(lambda: ids("delayed", 200), lambda found: lane("promote", *found))
    yield "retry_dead, 200", times(lambda: ids("dead", 200), lambda found: lane("retry_dead", *found))
    yield "remove, 200 delayed", times(lambda: ids("delayed", 200), lambda found: lane("remove", "", 0, *found))
    yield "purge, 200 delayed", times(nothing, lambda _: lane("purge", "delayed", 200, 1 << 46, 0))
    yield "purge, 200 dead", times(nothing, lambda _: lane("purge", "dead", 200, 1 << 46, 0))
    middle = JOBS // 2
    yield "page, 100 delayed from the middle", times(nothing, lambda _: queue.call("page", "delayed", middle, 100, 0))
    yield "page, 100 ready from the middle", times(nothing, lambda _: queue.call("page", "ready:2", middle, 100, 0))
    yield "inspect", times(nothing, lambda _: queue.call("inspect"))
    cursors = {"records": "0", "delayed": "0", "leases": "0", "dead": "0"}

    def audit(what, words):
        reply = queue.call("audit_records" if what == "records" else "audit_index", *words)
        cursors[what] = reply[1]

    yield "audit_records, 200 records", times(nothing, lambda _: audit("records", (cursors["records"], 200, 1 << 50)))
    for what in ("delayed", "leases", "dead"):
        yield f"audit_index, 200 of {what}", times(nothing, lambda _: audit(what, (what, cursors[what], 200)))
    yield "audit_ready, 500 from the middle", times(nothing, lambda _: queue.call("audit_ready", 2, middle, 500))
    yield "audit_queue", times(nothing, lambda _: queue.call("audit_queue"))
    yield "show", times(lambda: running[0][0], lambda id: queue.call("show", id))
    yield "await", times(lambda: running[0][0], lambda id: queue.call("await", id))
    yield "progress", times(lambda: running[0], lambda job: queue.call("progress", *job, "50 %"))
    yield "log, 100 lines", times(
        lambda: running[0][1], lambda member: queue.call("log", member, 1, 1, 1000, 60000, *["a line of text"] * 100), 20)
    yield "beat, 100 queues", times(
        nothing, lambda _: queue.call("beat", NODE, "{}", *[f"queue{at}" for at in range(100)]))
    yield "leave", times(nothing, lambda _: queue.call("leave", NODE))
    yield "register", times(nothing, lambda _: queue.call("register", "big"))
    yield "rewake", times(nothing, lambda _: queue.call("rewake"))
    yield "pause", times(nothing, lambda _: queue.call("pause", 1000, "bench", "measured"))
    yield "resume", times(nothing, lambda _: queue.call("resume"))
    yield "configure", times(nothing, lambda _: queue.call("configure", "depth_limit", ""))


def at_share(ordered, percent):
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server ends as well
    with tempfile.TemporaryDirectory(prefix="stint-times-") as folder:
        path = folder + "/redis.sock"
        server = subprocess.Popen(
            [SERVER, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server.stdin.write(f"port 0\nunixsocket {path}\ndir {folder}\nsave \"\"\nslowlog-max-len 128\n".encode())
        server.stdin.close()
        try:
            while not os.path.exists(path):
                time.sleep(0.05)
            redis = Redis(path, server.pid)
            queue = Queue(redis)
            running = fill(queue)
            memory = re.search(rb"used_memory_human:(\S+)", redis("INFO", "memory")).group(1).decode()
            version = re.search(rb"(?:valkey|redis)_version:(\S+)", redis("INFO", "server")).group(1).decode()
            print(f"{os.path.basename(SERVER)} {version}; {JOBS} ready, {JOBS} delayed, {JOBS // 10} running,"
                  f" {JOBS // 10} dead; {memory} of memory; times in ms\n")
            print("| call | calls | mean | p50 | p99 | max | cpu p50 | cpu p99 | over |\n|---|--:|--:|--:|--:|--:|--:|--:|---|")
            for name, (taken, spent) in measure(queue, running):
                p99 = at_share(taken, 99)
                over = [word for word, is_over in (("p99", p99 > P99_US), ("max", taken[-1] > MOST_US)) if is_over]
                columns = (sum(taken) / len(taken), at_share(taken, 50), p99, taken[-1], at_share(spent, 50),
                           at_share(spent, 99))
                figures = " | ".join(f"{us / 1000:.2f}" for us in columns)
                print(f"| {name} | {len(taken)} | {figures} | {' '.join(over)} |", flush=True)
        finally:
            server.kill()
            server.wait()


main()
