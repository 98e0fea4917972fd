// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct ReleaseScriptTests {
    @Test("Jobs handed back go to the front of their lists in the order they were claimed, their attempt unused")
    func front() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a"), TestJob("b"), TestJob("c") { $0.priority = .high }, TestJob("d"), TestJob("e"))
            let claims = try await bench.claim(3)
            #expect(claims.map(\.id) == ["c", "a", "b"])
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claims[1].member, text: "half"))
            try await bench.redis("DEL", bench.keys.wake)
            #expect(
                try await bench.release((claims[0], delay: -1), (claims[1], delay: -1), (claims[2], delay: -1))
                    == "[1, ooo]")
            let view = try await bench.snapshot()
            #expect(view.ready == [[], ["c"], ["a", "b", "d", "e"], []])
            #expect(view.names == ["jobs", "meta", "ready:1", "ready:2", "wake"])
            let record = try view.record("a")
            #expect([record.attempt, record.crashes, record.returns] == [0, 0, 1])
            #expect(view.meta["released"] == "3")
        }
    }

    @Test("A snoozed job is delayed, its attempt unused")
    func snooze() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            let before = try await bench.now()
            #expect(try await bench.release((claim, delay: 7_000)) == "[1, o]")
            let view = try await bench.snapshot()
            let record = try view.record("a")
            #expect(record.state == .delayed)
            #expect(record.attempt == 0)
            #expect(record.atMilliseconds >= before + 7_000)
            #expect(view.leases == [:])
        }
    }

    @Test("A job that is to be cancelled ends when it is handed back", arguments: [-1, 5_000])
    func cancelled(delay: Int) async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.unique = .key("k") })
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            try await bench.cancel("a")
            #expect(try await bench.release((claim, delay: delay)) == "[1, k]")
            let view = try await bench.snapshot()
            #expect(view.ids == [])
            #expect(view.unique == [:])
            #expect([view.meta["released"], view.meta["cancelled"]] == ["0", "1"])
        }
    }

    @Test("A job that was started does not expire after it was handed back; one that was not does", arguments: [-1, 0])
    func expiry(delay: Int) async throws {
        try await ScriptBench.with { bench in
            for wasStarted in [true, false] {
                let claim = try await bench.running(TestJob("a") { $0.expiresAfterMilliseconds = 5_000 })
                try await bench.release((claim, delay: delay), wasStarted: wasStarted)
                let record = try await bench.snapshot().record("a")
                #expect(record.attempt == 0)
                #expect(record.flags.contains(.mayExpire) == !wasStarted)
                try await bench.run(Scripts.remove(bench.keys, ids: [Array("a".utf8)]))
            }
        }
    }

    @Test("A job under another lease is not handed back; a repeated call replies the same")
    func stale() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            #expect(try await bench.release((first, delay: -1), (first, delay: -1)) == "[1, ol]")
            let view = try await bench.snapshot()
            #expect(try await bench.release((first, delay: -1), number: bench.lastNumber) == "[1, ol]")
            #expect(try await bench.snapshot() == view)
            #expect(try await bench.release((first, delay: -1)) == "[1, l]")
        }
    }

    @Test("A lease that is lost does not keep the job's present one, in the same call, from being handed back")
    func lostAndPresent() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            #expect(try await bench.release((first, delay: -1)) == "[1, o]")
            let second = try await bench.claim(1)[0]
            #expect(try await bench.release((first, delay: -1), (second, delay: -1)) == "[1, lo]")
            #expect(try await bench.snapshot().record("a").state == .ready)
        }
    }

    @Test("A tombstone left by an earlier life of the id stays a tombstone")
    func tombstone() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"))
            try await bench.cancel("a")
            try await bench.enqueue(TestJob("a"))
            let claim = try await bench.claimOne()
            try await bench.release((claim, delay: -1))
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["a", "b", "a"])
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }

    @Test("A job is not handed back under a lease that is not its present one")
    func staleLease() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            try await bench.release((first, delay: -1))
            let second = try await bench.claimOne()
            let before = try await bench.snapshot()
            #expect(try await bench.release((first, delay: -1)) == "[1, l]")
            #expect(try await bench.release((first, delay: 500)) == "[1, l]")
            let view = try await bench.snapshot()
            #expect(Array(view.leases.keys) == [second.member])
            #expect(try view.record("a") == before.record("a"))
            #expect(view.ready == before.ready)
        }
    }
}

@Suite struct RenewScriptTests {
    @Test("Leases that stand are renewed, others are named and stay gone")
    func renew() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"))
            let claims = try await bench.claim(2)
            try await bench.expire(claims[0])
            try await bench.release((claims[1], delay: -1))
            let members = claims.map { Array($0.member.utf8) }
            let before = try await bench.now()
            let reply = try await bench.run(Scripts.renew(bench.keys, leaseMs: 1_200_000, members: members))
            let after = try await bench.now()
            #expect(reply.line == "[\(claims[1].member)]")
            let view = try await bench.snapshot()
            #expect(Array(view.leases.keys) == [claims[0].member])
            #expect((before + 1_200_000...after + 1_200_000).contains(view.leases[claims[0].member] ?? 0))
            #expect(view.meta["lease"] == "1200000")
            #expect(try await bench.run(Scripts.renew(bench.keys, leaseMs: 1_200_000)).line == "[]")
        }
    }
}
