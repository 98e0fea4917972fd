// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct EnqueueUniqueTests {
    private func keyed(
        _ id: String, _ conflict: UniqueKey.Conflict, _ configure: @escaping (inout NewJob.Content) -> Void = { _ in }
    ) -> TestJob {
        TestJob(id) {
            $0.unique = .key("k", onConflict: conflict)
            configure(&$0)
        }
    }

    @Test("A taken key is rejected, answered by its holder, or lets the holder be replaced")
    func policies() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(keyed("a", .reject))
            let before = try await bench.snapshot()
            #expect(try await bench.enqueue(keyed("b", .reject), keyed("c", .existing)) == "[1, re, [a, a]]")
            #expect(try await bench.snapshot().snapshot.hash(bench.keys.jobs) == before.snapshot.hash(bench.keys.jobs))
            #expect(try await bench.enqueue(keyed("d", .replace)) == "[1, p, [a]]")
            let view = try await bench.snapshot()
            #expect(view.unique == ["k": "a"])
            #expect(view.ready[2] == ["a"])
            #expect(try view.record("a").payload == Array("payload of d".utf8))
        }
    }

    @Test("A key is taken inside a call as well")
    func inBatch() async throws {
        try await ScriptBench.with { bench in
            let big = keyed("c", .replace) { $0.payload = .init(repeating: 1, count: 700) }
            let reply = try await bench.enqueue(
                keyed("a", .reject), keyed("b", .existing), big, keyed("d", .reject), TestJob("e"))
            #expect(reply == "[1, neprn, [a, a, a]]")
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["a", "e"])
            #expect(view.big == ["a": 700])
            #expect(try await bench.enqueue(big, keyed("f", .replace)) == "[1, pp, [a, a]]")
            #expect(try await bench.snapshot().big == [:])
        }
    }

    @Test("A replaced job keeps its id, place, priority and due time, stays awaited, and loses what was noted of it")
    func replaced() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(
                keyed("a", .reject) {
                    $0.priority = .high
                    $0.isAwaited = true
                    $0.payload = .init(repeating: 1, count: 600)
                })
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            try await bench.fail((claim, action: "r", delay: 60_000, kind: "e", text: "no"))
            let old = try await bench.snapshot().record("a")
            #expect(try await bench.enqueue(keyed("b", .replace)) == "[1, p, [a]]")
            let view = try await bench.snapshot()
            let record = try view.record("a")
            #expect(record.state == .delayed)
            #expect([record.list, record.priority.rawValue, record.attempt] == [1, 1, 0])
            #expect(record.atMilliseconds == old.atMilliseconds)
            #expect(record.enqueuedMilliseconds == old.enqueuedMilliseconds)
            #expect(record.flags == [.awaited, .hasUniqueKey])
            #expect(view.names == ["delayed", "jobs", "meta", "unique", "wake"])
        }
    }

    @Test("A retried job that is replaced keeps the time of its retrial, from which its attempts are timed")
    func replacedAfterRetrial() async throws {
        let clock = try ServerClock()
        try await ScriptBench.with(clock: clock) { bench in
            let claim = try await bench.running(keyed("a", .reject))
            try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "no"))
            clock.microseconds += 60_000_000
            try await bench.retryDead("a")
            let old = try await bench.snapshot().record("a")
            clock.microseconds += 1_000_000
            #expect(try await bench.enqueue(keyed("b", .replace), keyed("c", .replace)) == "[1, pp, [a, a]]")
            let record = try await bench.snapshot().record("a")
            #expect(record.payload == Array("payload of c".utf8))
            #expect(record.revivedMilliseconds == old.atMilliseconds)
            #expect(record.enqueuedMilliseconds == old.enqueuedMilliseconds)
        }
    }

    @Test("A payload that is sealed for another job than the one to carry it changes nothing and names that one")
    func sealedForAnother() async throws {
        try await ScriptBench.with { bench in
            func sealed(_ id: String, for carrier: String) -> TestJob {
                keyed(id, .replace) { $0.sealedFor = JobID(unchecked: carrier) }
            }
            #expect(try await bench.enqueue(sealed("a", for: "b")) == "[1, s, [a]]")
            #expect(try await bench.snapshot().ids == [])
            #expect(try await bench.enqueue(sealed("a", for: "a"), sealed("b", for: "b")) == "[1, ns, [a]]")
            let number = bench.lastNumber
            #expect(try await bench.enqueue(sealed("a", for: "a"), number: number) == "[1, ns, [a]]")
            #expect(try await bench.snapshot().record("a").payload == Array("payload of a".utf8))
            #expect(try await bench.enqueue(sealed("b", for: "a")) == "[1, p, [a]]")
            #expect(try await bench.snapshot().record("a").payload == Array("payload of b".utf8))
            _ = try await bench.claimOne()
            #expect(try await bench.enqueue(sealed("b", for: "b")) == "[1, r, [a]]")
        }
    }

    @Test("A running holder is not replaced")
    func runningHolder() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(keyed("a", .reject))
            #expect(try await bench.enqueue(keyed("b", .replace)) == "[1, r, [a]]")
            _ = try await bench.advance(0, finished: [(claim, "")])
            #expect(try await bench.enqueue(keyed("b", .replace)) == "[1, n, []]")
        }
    }

    @Test("A key stays taken for its window beyond the end")
    func window() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(keyed("a", .reject) { $0.windowMilliseconds = 60_000 })
            _ = try await bench.advance(0, finished: [(claim, "")])
            #expect(try await bench.enqueue(keyed("b", .existing)) == "[1, e, [a]]")
            try await bench.setTime("a", try await bench.now() - 60_001)
            #expect(try await bench.enqueue(keyed("b", .existing)) == "[1, n, []]")
            let view = try await bench.snapshot()
            #expect(view.unique == ["k": "b"])
            #expect(Set(view.kept.keys) == ["a"])
        }
    }

    @Test("A holder that expired before its start is ended on the spot", arguments: [0, 60_000])
    func expiredHolder(delay: Int64) async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                keyed("a", .reject) {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.due = .after(delay)
                })
            try await bench.setExpired("a")
            #expect(try await bench.enqueue(keyed("b", .existing), keyed("c", .existing)) == "[1, ne, [b]]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["b"])
            #expect(view.unique == ["k": "b"])
            #expect(view.tombs == [0, 0, delay == 0 ? 1 : 0, 0])
            #expect(view.meta["expired"] == "1")
        }
    }

    @Test("A holder that expired before its start keeps the key for its window, whoever meets it first")
    func expiredHolderWithWindow() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                keyed("a", .reject) {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.windowMilliseconds = 60_000
                })
            try await bench.setExpired("a")
            let reply = try await bench.enqueue(keyed("b", .reject), keyed("c", .existing), keyed("d", .replace))
            #expect(reply == "[1, rer, [a, a, a]]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["a"])
            #expect(try view.record("a").state == .cancelled)
            #expect(view.unique == ["k": "a"])
            #expect(view.meta["expired"] == "1")
        }
    }

    @Test("A holder that was cancelled and whose window goes on is not ended a second time when its expiry passes")
    func expiredAfterTheEnd() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                keyed("a", .reject) {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.windowMilliseconds = 60_000
                })
            try await bench.cancel("a")
            try await bench.setExpired("a")
            let before = try await bench.snapshot()
            #expect(try await bench.enqueue(keyed("b", .reject)) == "[1, r, [a]]")
            let view = try await bench.snapshot()
            #expect(view.snapshot.hash(bench.keys.jobs) == before.snapshot.hash(bench.keys.jobs))
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }

    @Test("A job of the caller's own id that expired before its start is ended on the spot and its id is free")
    func expiredID() async throws {
        try await ScriptBench.with { bench in
            let job = keyed("a", .reject) {
                $0.expiresAfterMilliseconds = 5_000
                $0.payload = .init(repeating: 1, count: 600)
            }
            try await bench.enqueue(job)
            try await bench.setExpired("a")
            #expect(try await bench.enqueue(TestJob("a") { $0.priority = .high }) == "[1, n, []]")
            let view = try await bench.snapshot()
            #expect(view.ready == [[], ["a"], ["a"], []])
            #expect(view.tombs == [0, 0, 1, 0])
            #expect(view.unique == [:])
            #expect(view.big == [:])
        }
    }

    @Test("An expired job of an own id that is to be kept is ended, and its id stays taken")
    func expiredKeptID() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.keepMilliseconds = 60_000
                })
            try await bench.setExpired("a")
            #expect(try await bench.enqueue(TestJob("a"), TestJob("a")) == "[1, ee, [a, a]]")
            let view = try await bench.snapshot()
            #expect(try view.record("a").state == .cancelled)
            #expect(try view.record("a").reason == "expired")
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }

    @Test("A key and an id of the same ended job are both free in one call, in either order", arguments: [true, false])
    func keyAndID(isKeyFirst: Bool) async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(keyed("a", .reject) { $0.expiresAfterMilliseconds = 5_000 })
            try await bench.setExpired("a")
            let jobs = [keyed("b", .existing), TestJob("a")]
            let order = isKeyFirst ? jobs : jobs.reversed()
            #expect(try await bench.enqueue(order[0], order[1]) == "[1, nn, []]")
            let view = try await bench.snapshot()
            #expect(view.unique == ["k": "b"])
            #expect(view.ids == ["a", "b"])
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }
}
