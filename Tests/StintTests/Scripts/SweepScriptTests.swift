// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct SweepReapTests {
    @Test("Jobs of a crashed worker come back to the front of their lists, the first to expire first")
    func front() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a"), TestJob("b"), TestJob("c"), TestJob("d"), TestJob("e") { $0.priority = .low })
            let claims = try await bench.claim(3)
            try await bench.wasLookedAfter()
            try await bench.expire(claims[1], claims[0])
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 2, 0, 0, []]")
            let view = try await bench.snapshot()
            #expect(view.ready == [[], [], ["b", "a", "d"], ["e"]])
            #expect(Array(view.leases.keys) == [claims[2].member])
            let record = try view.record("a")
            #expect(record.state == .ready)
            #expect([record.attempt, record.crashes] == [1, 1])
            #expect(view.errors("a") == [RecordedError(attempt: 1, kind: "c", text: "lease expired on node node01")])
            #expect(view.meta["crashed"] == "2")
            #expect(view.isAwake)
        }
    }

    @Test("A second crash delays the job, a third buries it")
    func budget() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") {
                    $0.unique = .key("k")
                    $0.retry.attempts = nil
                })
            for crash in 1...3 {
                let claim = try await bench.claimOne()
                try await bench.wasLookedAfter()
                try await bench.expire(claim)
                let before = try await bench.now()
                let reply = try await bench.sweep()
                let after = try await bench.now()
                let view = try await bench.snapshot()
                let record = try view.record("a")
                #expect(record.crashes == crash)
                switch crash {
                case 1: #expect(record.state == .ready)
                case 2:
                    #expect(record.state == .delayed)
                    let wait = 5_000 + 5 * (record.fence % 1_000 * 618 % 1_000)
                    #expect((before + wait...after + wait).contains(record.atMilliseconds))
                    try await bench.promote("a")
                default:
                    let reason = "crashed too often: lease expired on node node01"
                    #expect(reply == "[1, 0, -1, 0, 0, [], 0, 1, 0, [a, work, 3, \(reason)]]")
                    #expect(record.state == .dead)
                    #expect(record.reason == reason)
                    #expect(record.startedMilliseconds == claim.record.atMilliseconds)
                    #expect(view.unique == [:])
                }
            }
        }
    }

    @Test("Jobs that crashed together twice do not come back together")
    func apart() async throws {
        try await ScriptBench.with { bench in
            let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
            for name in names { try await bench.enqueue(TestJob(name) { $0.retry.attempts = nil }) }
            for _ in 1...2 {
                let claims = try await bench.claim(8)
                try await bench.wasLookedAfter()
                for claim in claims { try await bench.expire(claim) }
                try await bench.sweep()
            }
            let view = try await bench.snapshot()
            let due = try names.map { try view.record($0).atMilliseconds }.sorted()
            let gaps = zip(due.dropFirst(), due).map { $0 - $1 }
            // Eight points in 5 s, the nearest of which are a tenth of the golden ratio's step apart.
            #expect(gaps.allSatisfy { $0 >= 200 }, "\(gaps)")
        }
    }

    @Test("A crash on the last attempt buries the job")
    func lastAttempt() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.retry = .never })
            try await bench.wasLookedAfter()
            try await bench.expire(claim)
            try await bench.sweep()
            let record = try await bench.snapshot().record("a")
            #expect(record.state == .dead)
            #expect(record.reason == "no attempts left: lease expired on node node01")
        }
    }

    @Test("A crashed job that was to be cancelled ends as cancelled")
    func cancelled() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.keepMilliseconds = 9_000 })
            try await bench.cancel("a")
            try await bench.wasLookedAfter()
            try await bench.expire(claim)
            #expect(try await bench.sweep() == "[1, 0, -1, 0, 0, [], 0, 0, 0, []]")
            let view = try await bench.snapshot()
            #expect(try view.record("a").state == .cancelled)
            #expect([view.meta["crashed"], view.meta["cancelled"]] == ["1", "1"])
        }
    }

    @Test("A hundred leases are returned in a call, and the rest at once in the next ones")
    func more() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<250).map { TestJob("job\(1000 + $0)") }
            try await bench.run(
                Scripts.enqueue(bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(jobs)))
            let claims = try await bench.claim(250)
            try await bench.wasLookedAfter()
            for claim in claims { try await bench.expire(claim) }
            #expect(try await bench.sweep() == "[1, 1, -1, 1, 0, [], 100, 0, 0, []]")
            #expect(try await bench.sweep() == "[1, 1, -1, 1, 0, [], 100, 0, 0, []]")
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 50, 0, 0, []]")
            let view = try await bench.snapshot()
            #expect(view.leases == [:])
            #expect(view.meta["crashed"] == "250")
        }
    }

    @Test("A lease that its record does not name goes alone")
    func contradicted() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.wasLookedAfter()
            try await bench.redis("ZADD", bench.keys.leases, "5", "a:17:node02", "6", "gone:18:node02", "7", "junk")
            #expect(try await bench.sweep() == "[1, 0, -1, 0, 0, [], 0, 0, 0, []]")
            let view = try await bench.snapshot()
            #expect(Array(view.leases.keys) == [claim.member])
            #expect(try view.record("a").state == .running)
            #expect(view.meta["crashed"] == "0")
        }
    }
}

@Suite struct SweepHoldTests {
    /// Sweeps with an expired lease there, after `arrange`, and says whether it was reaped and what `hold` became.
    private func sweep(
        _ arrange: (ScriptBench, Int64) async throws -> Void
    ) async throws -> (isReaped: Bool, hold: Int64, before: Int64, after: Int64) {
        var result: (Bool, Int64, Int64, Int64) = (false, 0, 0, 0)
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.expire(claim)
            let before = try await bench.now()
            try await arrange(bench, before)
            try await bench.sweep()
            let view = try await bench.snapshot()
            let after = try await bench.now()
            #expect((before...after).contains(Int64(view.meta["look"] ?? "") ?? 0))
            result = (view.leases.isEmpty, Int64(view.meta["hold"] ?? "") ?? -1, before, after)
        }
        return result
    }

    @Test("The first look reaps nobody for one lease")
    func firstLook() async throws {
        let result = try await sweep { _, _ in }
        #expect(!result.isReaped)
        #expect((result.before + 600_000...result.after + 600_000).contains(result.hold))
    }

    @Test(
        "A gap of more than a third of a lease, or a step back, holds reaping for one lease",
        arguments: [210_000, -60_000])
    func gap(milliseconds: Int64) async throws {
        let result = try await sweep { bench, now in
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - milliseconds)", "hold", "0")
        }
        #expect(!result.isReaped)
        #expect((result.before + 600_000...result.after + 600_000).contains(result.hold))
    }

    @Test("A queue whose meta is lost is marked anew by the next look, and goes on")
    func lostMeta() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.redis("DEL", bench.keys.meta)
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 0, 0, 0, []]")
            #expect(try await bench.snapshot().meta["schema"] == "1")
        }
    }

    @Test("A shorter gap holds nothing")
    func noGap() async throws {
        let result = try await sweep { bench, now in
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - 2_000)", "hold", "0")
        }
        #expect(result.isReaped)
        #expect(result.hold == 0)
    }

    @Test("A hold stands until it has passed, and one that lies further ahead than a lease is clamped")
    func hold() async throws {
        let standing = try await sweep { bench, now in
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - 1_000)", "hold", "\(now + 300_000)")
        }
        #expect(!standing.isReaped)
        #expect(standing.hold == standing.before + 300_000)
        let passed = try await sweep { bench, now in
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - 1_000)", "hold", "\(now - 1)")
        }
        #expect(passed.isReaped)
        let clamped = try await sweep { bench, now in
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - 1_000)", "hold", "\(now + 3_600_000)")
        }
        #expect(!clamped.isReaped)
        #expect((clamped.before + 600_000...clamped.after + 600_000).contains(clamped.hold))
    }

    @Test("A lease that was given before the length was lowered is neither cut nor reaped for its old time")
    func lowered() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            let given = try #require(try await bench.snapshot().leases[claim.member])
            try await bench.run(Scripts.configure(bench.keys, field: "lease", value: "1000"))
            let shorter = Scripts.sweep(bench.keys, leaseMs: 1_000, intervalMs: 100, maxCrashes: 3, node: "node02")
            try await bench.run(shorter)
            #expect(try await bench.snapshot().leases == [claim.member: given])
            // The old time is over: what lies further ahead than the new length is cut.
            try await bench.redis("HSET", bench.keys.meta, "lease_lowered_until", "\(try await bench.now() - 1)")
            try await bench.run(shorter)
            let cut = try #require(try await bench.snapshot().leases[claim.member])
            #expect(cut < given)
        }
    }

    @Test("A lowered length is remembered as the longest that may be about")
    func lowering() async throws {
        try await ScriptBench.with { bench in
            let steps = [("9000", nil), ("4000", "9000"), ("2000", "9000"), ("3000", "9000")]
            for (value, before) in steps {
                try await bench.run(Scripts.configure(bench.keys, field: "lease", value: value))
                #expect(try await bench.snapshot().meta["lease_before"] == before)
            }
        }
    }

    @Test("Expiries further ahead than a lease are clamped")
    func ahead() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.wasLookedAfter()
            try await bench.redis("ZADD", bench.keys.leases, "\(try await bench.now() + 3_600_000)", claim.member)
            let before = try await bench.now()
            try await bench.sweep()
            let after = try await bench.now()
            let expiry = try await bench.snapshot().leases[claim.member] ?? 0
            #expect((before + 600_000...after + 600_000).contains(expiry))
        }
    }

    @Test("A second sweep within the interval only replies")
    func soonAgain() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.due = .after(60_000) })
            try await bench.sweep()
            let before = try await bench.snapshot()
            let reply = try await bench.sweep(interval: 60_000)
            #expect(reply.hasPrefix("[1, 0, ") && reply.hasSuffix(", 0, 0, [], 0, 0, 0, []]"))
            #expect(try await bench.snapshot() == before)
        }
    }
}
