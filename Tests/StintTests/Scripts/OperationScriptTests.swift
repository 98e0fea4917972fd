// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct CancelScriptTests {
    @Test("A waiting job ends at once; a running one is told; others are named for what they are")
    func cancel() async throws {
        try await ScriptBench.with { bench in
            _ = try await bench.running(TestJob("running"))
            try await bench.enqueue(
                TestJob("ready") {
                    $0.unique = .key("k")
                    $0.payload = .init(repeating: 1, count: 600)
                }, TestJob("delayed") { $0.due = .after(60_000) }, TestJob("kept") { $0.keepMilliseconds = 30_000 })
            let reply = try await bench.cancel("ready", "delayed", "kept", "running", "none", "ready", "kept")
            #expect(reply == "[1, kkkfmme]")
            let view = try await bench.snapshot()
            #expect(view.names == ["cancelling", "jobs", "kept", "leases", "meta", "ready:2", "unique", "wake"])
            #expect(view.ready[2] == ["ready", "kept"])
            #expect(view.tombs == [0, 0, 2, 0])
            #expect(view.unique == [:])
            let record = try view.record("kept")
            #expect(record.state == .cancelled)
            #expect(record.reason == "cancelled by me")
            #expect(record.startedMilliseconds == nil)
            #expect(view.kept == ["kept": record.atMilliseconds + 30_000])
            #expect(try view.record("running").flags == [.toBeCancelled])
            #expect(try #require(view.texts(bench.keys.cancelling)["running"]).hasSuffix(" me"))
            #expect(view.meta["cancelled"] == "3")
        }
    }

    @Test("A job in back-off takes its errors and progress along")
    func afterFailure() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            try await bench.fail((claim, action: "r", delay: 60_000, kind: "e", text: "x"))
            #expect(try await bench.cancel("a") == "[1, k]")
            #expect(try await bench.snapshot().names == ["meta", "wake"])
        }
    }

    @Test("A repeated call replies the same and counts nothing again")
    func again() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.cancel("a")
            let before = try await bench.snapshot()
            #expect(try await bench.cancel("a", number: bench.lastNumber) == "[1, k]")
            #expect(try await bench.snapshot() == before)
            #expect(try await bench.cancel("a", number: 99) == "[-1]")
        }
    }

    @Test("Only what is in the states and was enqueued by the time that were given is cancelled")
    func meant() async throws {
        try await ScriptBench.with { bench in
            _ = try await bench.running(TestJob("running"))
            try await bench.enqueue(
                TestJob("ready"), TestJob("delayed") { $0.due = .after(60_000) },
                TestJob("kept") { $0.keepMilliseconds = 9_000 })
            try await bench.cancel("kept")
            let seen = try await bench.snapshot().record("ready").enqueuedMilliseconds
            let before = try await bench.snapshot().beyondLane
            let ids = ["running", "ready", "delayed", "kept", "none"]
            func cancel(_ states: String, _ seen: Int64 = 0) async throws -> String {
                try await bench.run(
                    Scripts.cancel(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(), who: "me", states: states,
                        seenMs: Int(seen), ids: ids.map { Array($0.utf8) })
                ).line
            }
            #expect(try await cancel("xck") == "[1, sssem]")
            #expect(try await cancel("-") == "[1, sssem]")
            #expect(try await cancel("", 1) == "[1, sssem]")
            #expect(try await bench.snapshot().beyondLane == before)
            #expect(try await cancel("d", seen) == "[1, sskem]")
            #expect(try await bench.cancel("ready", states: "dr", seen: seen - 1) == "[1, s]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["kept", "ready", "running"])
            #expect(view.names == ["jobs", "kept", "leases", "meta", "ready:2", "wake"])
            #expect(try view.record("running").flags == [])
            #expect(try await cancel("rn") == "[1, fkmem]")
        }
    }

    @Test("Awaiting ends with the cancellation, whose record stays for a minute")
    func awaited() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.run(Scripts.await(bench.keys, id: "a"))
            let (messages, sender) = AsyncStream<[UInt8]>.makeStream()
            let subscription = await bench.subscribe { sender.yield($0) }
            try await bench.cancel("a")
            #expect(await messages.first { _ in true } == Array("a".utf8))
            subscription.cancel()
            let view = try await bench.snapshot()
            #expect(try view.kept["a"] == view.record("a").atMilliseconds + 60_000)
        }
    }
}

@Suite struct RetryDeadScriptTests {
    /// Enqueues a job and lets it die.
    private func bury(_ job: TestJob, on bench: ScriptBench) async throws {
        let claim = try await bench.running(job)
        try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "no"))
    }

    @Test("A dead job is ready again at the end of its list, with all its attempts and its key")
    func retry() async throws {
        try await ScriptBench.with { bench in
            try await bury(TestJob("a") { $0.unique = .key("k") }, on: bench)
            try await bench.enqueue(TestJob("b"))
            try await bench.redis("DEL", bench.keys.wake)
            #expect(try await bench.retryDead("a", "b", "none", "a") == "[1, osms]")
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["b", "a"])
            #expect(view.dead == [:])
            #expect(view.unique == ["k": "a"])
            let record = try view.record("a")
            #expect([record.attempt, record.crashes, record.returns] == [0, 0, 0])
            #expect(record.reason == nil && record.startedMilliseconds == nil)
            #expect(record.revivedMilliseconds == record.atMilliseconds)
            #expect(record.payload == Array("payload of a".utf8))
            #expect(view.errors("a").map(\.text) == ["no"])
            #expect(view.meta["revived"] == "1")
            #expect(view.isAwake)
            #expect(try await bench.retryDead("a", number: bench.lastNumber) == "[1, osms]")
            #expect(try await bench.snapshot() == view)
        }
    }

    @Test("Two dead jobs of one key: the first takes it, the second is refused by name")
    func sameKey() async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b"] { try await bury(TestJob(id) { $0.unique = .key("k") }, on: bench) }
            #expect(try await bench.retryDead("b", "a") == "[1, ou]")
            #expect(try await bench.snapshot().unique == ["k": "b"])
        }
    }

    @Test("A key whose window is over does not stand in the way, though its record is still there")
    func windowOver() async throws {
        try await ScriptBench.with { bench in
            try await bury(TestJob("a") { $0.unique = .key("k") }, on: bench)
            let claim = try await bench.running(
                TestJob("b") {
                    $0.unique = .key("k")
                    $0.windowMilliseconds = 60_000
                })
            try await bench.advance(0, finished: [(claim, "")])
            #expect(try await bench.retryDead("a") == "[1, u]")
            try await bench.setTime("b", try await bench.now() - 60_001)
            #expect(try await bench.retryDead("a") == "[1, o]")
        }
    }

    @Test("A holder of its key that has expired is ended and does not stand in the way", arguments: [0, 60_000])
    func expiredHolder(delay: Int64) async throws {
        try await ScriptBench.with { bench in
            try await bury(TestJob("a") { $0.unique = .key("k") }, on: bench)
            try await bench.enqueue(
                TestJob("b") {
                    $0.unique = .key("k")
                    $0.expiresAfterMilliseconds = 5_000
                    $0.due = .after(delay)
                })
            try await bench.setExpired("b")
            #expect(try await bench.retryDead("a") == "[1, o]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["a"])
            #expect(view.unique == ["k": "a"])
            #expect(view.meta["expired"] == "1")
            #expect(view.tombs == [0, 0, delay == 0 ? 1 : 0, 0])
        }
    }

    @Test("A retried job does not expire: that was meant for its first start")
    func expiry() async throws {
        try await ScriptBench.with { bench in
            try await bury(TestJob("a") { $0.expiresAfterMilliseconds = 5_000 }, on: bench)
            try await bench.setExpired("a")
            #expect(try await bench.retryDead("a") == "[1, o]")
            #expect(try await bench.advance(1).claimed.map(\.id) == ["a"])
        }
    }
}

@Suite struct PromoteScriptTests {
    @Test("A delayed job becomes ready now; a repetition changes nothing")
    func promote() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.due = .after(60_000) }, TestJob("b"))
            try await bench.redis("DEL", bench.keys.wake)
            #expect(try await bench.promote("a", "b", "none") == "[1, osm]")
            let view = try await bench.snapshot()
            #expect(view.names == ["jobs", "meta", "ready:2", "wake"])
            #expect(view.ready[2] == ["b", "a"])
            #expect(try await bench.promote("a", "b", "none", number: bench.lastNumber) == "[1, osm]")
            #expect(try await bench.snapshot() == view)
            #expect(try await bench.promote("a", number: 99) == "[-1]")
            #expect(try await bench.promote("a", "b", "none") == "[1, ssm]")
        }
    }
}

@Suite struct RemoveScriptTests {
    @Test("A job that does not run is deleted with everything about it, whatever its state")
    func remove() async throws {
        try await ScriptBench.with { bench in
            let running = try await bench.running(TestJob("running"))
            for (id, action) in [("dead", "d"), ("delayed", "r")] {
                let claim = try await bench.running(
                    TestJob(id) {
                        $0.unique = .key(id)
                        $0.payload = .init(repeating: 1, count: 600)
                    })
                try await bench.run(Scripts.progress(bench.keys, id: id, member: claim.member, text: "half"))
                try await bench.fail((claim, action: action, delay: 60_000, kind: "e", text: "x"))
            }
            let kept = try await bench.running(TestJob("kept") { $0.keepMilliseconds = 9_000 })
            try await bench.advance(0, finished: [(kept, String(repeating: "r", count: 600))])
            try await bench.enqueue(TestJob("ready") { $0.unique = .key("ready") })
            func remove(number: Int? = nil) async throws -> String {
                try await bench.remove("dead", "delayed", "kept", "ready", "running", "none", number: number)
            }
            #expect(try await remove() == "[1, oooonm]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["running"])
            #expect(view.names == ["jobs", "leases", "meta", "ready:2", "recent", "unique", "wake"])
            #expect(view.unique == [:])
            #expect(view.tombs == [0, 0, 1, 0])
            #expect(Array(view.leases.keys) == [running.member])
            #expect(try await remove(number: bench.lastNumber) == "[1, oooonm]")
            #expect(try await remove() == "[1, mmmmnm]")
        }
    }
}

extension RemoveScriptTests {
    @Test("Only what is in the states and was enqueued by the time that were given is deleted")
    func meant() async throws {
        try await ScriptBench.with { bench in
            let dead = try await bench.running(TestJob("dead"))
            try await bench.fail((dead, action: "d", delay: 0, kind: "e", text: "x"))
            _ = try await bench.running(TestJob("running"))
            try await bench.enqueue(TestJob("ready"), TestJob("delayed") { $0.due = .after(60_000) })
            let seen = try await bench.snapshot().record("dead").enqueuedMilliseconds
            let before = try await bench.snapshot().beyondLane
            let reply = try await bench.remove("dead", "running", "ready", "delayed", "none", states: "ck")
            #expect(reply == "[1, snssm]")
            #expect(try await bench.remove("dead", "ready", seen: seen - 1) == "[1, ss]")
            #expect(try await bench.snapshot().beyondLane == before)
            // It was retried after somebody saw it dead.
            try await bench.retryDead("dead")
            #expect(try await bench.remove("dead", states: "x", seen: seen) == "[1, s]")
            #expect(try await bench.remove("delayed", "dead", states: "rd", seen: 1 << 46) == "[1, oo]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["ready", "running"])
            #expect(view.ready[2] == ["ready", "dead"])
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }
}

@Suite struct PauseScriptTests {
    @Test("A pause is noted with its author, reason and end, and silences the wake-up")
    func pause() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            let before = try await bench.now()
            let reply = try await bench.run(Scripts.pause(bench.keys, forMs: 60_000, who: "me", reason: "deploy"))
            let after = try await bench.now()
            #expect(reply.line == "[1]")
            let view = try await bench.snapshot()
            #expect(!view.isAwake)
            #expect((before + 60_000...after + 60_000).contains(Int64(view.meta["paused_until"] ?? "") ?? 0))
            #expect((before...after).contains(Int64(view.meta["paused_at"] ?? "") ?? 0))
            #expect([view.meta["paused_by"], view.meta["paused_reason"]] == ["me", "deploy"])
            try await bench.enqueue(TestJob("b"), TestJob("c") { $0.due = .after(60_000) })
            #expect(try await !bench.snapshot().isAwake)
        }
    }

    @Test("Resuming takes everything about the pause back and wakes a worker; again, it answers that it was not paused")
    func resume() async throws {
        try await ScriptBench.with { bench in
            try await bench.run(Scripts.pause(bench.keys, forMs: 0, who: "me", reason: ""))
            #expect(try await bench.snapshot().meta["paused_until"] == "0")
            try await bench.enqueue(TestJob("a"))
            #expect(try await bench.run(Scripts.resume(bench.keys)).line == "[1, 1]")
            let view = try await bench.snapshot()
            #expect(view.isAwake)
            #expect(view.meta == ["schema": "1", "enqueued": "1"])
            #expect(try await bench.run(Scripts.resume(bench.keys)).line == "[1, 0]")
        }
    }
}
