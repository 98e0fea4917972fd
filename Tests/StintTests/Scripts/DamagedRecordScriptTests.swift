// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

/// A record that is none keeps nothing else from going on, and stays for whoever looks after it.
@Suite struct DamagedRecordScriptTests {
    /// Ways in which the record of a job is no record any more.
    static let damages: [@Sendable (inout [UInt8]) -> Void] = [
        { $0.removeLast($0.count - 1) },
        { $0.removeLast($0.count - 20) },
        { $0[38] = 255 },
        { $0.write(60_000, at: 36, bytes: 2) },
        { record in
            record[3] |= 32
            record.removeLast(record.count - 38 - Int(record[36]) << 8 - Int(record[37]))
        },
    ]

    /// A payload of its own size in `big`.
    private static let long = [UInt8](repeating: 1, count: 600)

    @Test("A job whose payload is gone from Redis is dead, and never runs with another one")
    func payloadGone() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") { $0.payload = Self.long }, TestJob("b"), TestJob("c") { $0.payload = Self.long })
            let c = try #require(await bench.redis("HGET", bench.keys.big, "c").bytesValue)
            try await bench.redis("DEL", bench.keys.big)
            try await bench.redis("HSET", bytes: [Array(bench.keys.big.utf8), Array("c".utf8), Array(c.dropLast())])
            let claimed = try await bench.advance(5).claimed
            #expect(claimed.map(\.id) == ["b"])
            let view = try await bench.snapshot()
            #expect(view.ready == [[], [], [], []])
            for id in ["a", "c"] {
                let record = try view.record(id)
                #expect(record.state == .dead && record.reason == "its payload is gone from Redis")
                #expect(record.attempt == 0)
            }
            #expect(try await bench.redis("HGET", bench.keys.meta, "died").string == "2")
            #expect(try await bench.retryDead("a", "c") == "[1, pp]")
            try await bench.redis("HSET", bytes: [Array(bench.keys.big.utf8), Array("c".utf8), c])
            #expect(try await bench.retryDead("c") == "[1, o]")
            #expect(try await bench.remove("a") == "[1, o]")
            try await bench.advance(0, finished: [(try #require(claimed.first), "")])
            try await bench.redis("DEL", bench.keys.big)
            try await bench.redis("HSET", bytes: [Array(bench.keys.big.utf8), Array("c".utf8), c])
        }
    }

    @Test("A claim that is repeated leaves out a job whose payload is gone since")
    func payloadGoneSince() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.payload = Self.long }, TestJob("b"))
            let number = bench.nextNumber()
            let call = Scripts.advance(
                bench.keys, lane: bench.lane, number: number, leaseMs: 60_000, limit: 5, node: "node01", seenFence: 0,
                finished: [])
            try await bench.run(call)
            let big = try #require(await bench.redis("HGET", bench.keys.big, "a").bytesValue)
            try await bench.redis("HDEL", bench.keys.big, "a")
            let again = try await bench.run(call).arrayValue ?? []
            #expect(again[2].arrayValue?.compactMap(\.string).filter { $0 == "a" || $0 == "b" } == ["b"])
            try await bench.redis("HSET", bytes: [Array(bench.keys.big.utf8), Array("a".utf8), big])
        }
    }

    @Test("Claims and sweeps go on past a damaged record", arguments: damages)
    func claims(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            let expiring = TestJob("a") { $0.expiresAfterMilliseconds = 60_000 }
            try await bench.enqueue(expiring, TestJob("b"), TestJob("c") { $0.due = .after(60_000) })
            try await bench.edit("a", damage)
            let claims = try await bench.advance(5).claimed
            #expect(claims.map(\.id).contains("b"))
            #expect(try await bench.redis("HEXISTS", bench.keys.jobs, "a").integerValue == 1)
            try await bench.wasLookedAfter()
            let b = try #require(claims.first { $0.id == "b" })
            try await bench.edit("b", damage)
            try await bench.expire(b)
            try await bench.edit("c", damage)
            try await bench.redis("ZADD", bench.keys.delayed, "1", "c")
            try await bench.sweep()
            #expect(try await bench.redis("ZCARD", bench.keys.delayed).integerValue == 0)
            #expect(try await bench.redis("ZSCORE", bench.keys.leases, b.member).isNull)
            try await clear(bench, "a", "b", "c")
        }
    }

    @Test("What a worker reports of a job whose record is damaged by then is refused", arguments: damages)
    func reports(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            let job = TestJob("a") { $0.keepMilliseconds = 60_000 }
            let claim = try await bench.running(job)
            try await bench.enqueue(TestJob("b"))
            let other = try await bench.claimOne()
            try await bench.edit("a", damage)
            #expect(try await bench.fail((claim, action: "r", delay: 0, kind: "e", text: "x")) == "[1, l]")
            #expect(try await bench.release((claim, delay: -1)) == "[1, l]")
            let progress = Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half")
            #expect(try await bench.run(progress) == .integer(0))
            let reply = try await bench.advance(0, finished: [(claim, "r"), (other, "")])
            #expect(reply.lost == ["a"])
            #expect(try await bench.redis("HEXISTS", bench.keys.jobs, "b").integerValue == 0)
            try await clear(bench, "a")
        }
    }

    @Test("Changes by hand leave a damaged record as it is and go on; removing takes it away", arguments: damages)
    func operations(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b"] { try await bench.enqueue(TestJob(id) { $0.due = .after(60_000) }) }
            for id in ["c", "d"] {
                let claim = try await bench.running(TestJob(id))
                try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            }
            for id in ["a", "c"] { try await bench.edit(id, damage) }
            #expect(try await bench.promote("a", "b") == "[1, bo]")
            #expect(try await bench.cancel("a", "b") == "[1, bk]")
            #expect(try await bench.retryDead("c", "d") == "[1, bo]")
            #expect(try await bench.remove("c", "d") == "[1, oo]")
            #expect(try await bench.remove("a") == "[1, o]")
            #expect(try await bench.snapshot().delayed == [:])
            #expect(
                try await bench.redis("EXISTS", bench.keys.jobs, bench.keys.dead, bench.keys.errors).integerValue == 0)
        }
    }

    @Test("A purge takes the entry of a damaged record and goes on", arguments: damages)
    func purge(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b"] { try await bench.enqueue(TestJob(id) { $0.due = .after(60_000) }) }
            try await bench.enqueue(TestJob("c"), TestJob("d"))
            for id in ["a", "c"] { try await bench.edit(id, damage) }
            #expect(try await bench.purge("delayed", 10) == "[1, 1, 0, 0]")
            #expect(try await bench.purge("ready:2", 10) == "[1, 1, 0, 0]")
            #expect(
                try await bench.redis("HKEYS", bench.keys.jobs).arrayValue?.compactMap(\.string).sorted() == ["a", "c"])
            try await clear(bench, "a", "c")
        }
    }

    @Test("A damaged record keeps its id and its unique key, and no other job of the call", arguments: damages)
    func enqueue(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            let dead = try await bench.running(TestJob("b") { $0.unique = .key("dead") })
            try await bench.fail((dead, action: "d", delay: 0, kind: "e", text: "x"))
            try await bench.enqueue(
                TestJob("a") { $0.unique = .key("k") }, TestJob("c") { $0.unique = .key("dead") })
            for id in ["a", "c"] { try await bench.edit(id, damage) }
            let reply = try await bench.enqueue(
                TestJob("a"), TestJob("d") { $0.unique = .key("k", onConflict: .replace) },
                TestJob("e") { $0.unique = .key("k", onConflict: .existing) }, TestJob("f"))
            #expect(reply == "[1, eren, [a, a, a]]")
            #expect(try await bench.retryDead("b") == "[1, u]")
            #expect(try await bench.remove("a", "c") == "[1, oo]")
            #expect(try await bench.enqueue(TestJob("g") { $0.unique = .key("k") }) == "[1, n, []]")
            #expect(try await bench.retryDead("b") == "[1, o]")
        }
    }

    @Test("Trimming drops the entry of a damaged record and goes on", arguments: damages)
    func trim(_ damage: @Sendable (inout [UInt8]) -> Void) async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b"] {
                let claim = try await bench.running(TestJob(id) { $0.unique = .key(id) })
                try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            }
            try await bench.edit("a", damage)
            try await bench.run(Scripts.trim(bench.keys, deadAgeMs: 1_000_000, deadCount: 0))
            #expect(try await bench.redis("HKEYS", bench.keys.jobs).arrayValue?.compactMap(\.string) == ["a"])
            #expect(try await bench.redis("EXISTS", bench.keys.dead).integerValue == 0)
            try await clear(bench, "a")
        }
    }

    @Test("A time in the fields that is none is damage")
    func time() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            try await bench.retryDead("a")
            let text = try #require(await bench.redis("HGET", bench.keys.jobs, "a").bytesValue)
            let at = try #require(text.indices.first { text[$0...].starts(with: [UInt8(ascii: "e"), 0, 6]) })
            try await bench.edit("a") { record in
                record.remove(at: at + 3)
                record[at + 2] = 5
                record[37] -= 1
            }
            #expect(try await bench.purge("ready:2", 10) == "[1, 0, 0, 0]")
            #expect(try await bench.remove("a") == "[1, o]")
        }
    }

    @Test("A running job whose record is damaged is removed once its lease is over")
    func running() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.edit("a") { $0[38] = 255 }
            #expect(try await bench.remove("a") == "[1, n]")
            try await bench.expire(claim)
            #expect(try await bench.remove("a") == "[1, o]")
            #expect(try await bench.redis("EXISTS", bench.keys.leases, bench.keys.jobs).integerValue == 0)
        }
    }

    @Test("Asking for changes to a queue that never was makes none")
    func nothing() async throws {
        try await ScriptBench.with { bench in
            try await bench.cancel("a")
            #expect(try await bench.retryDead("a") == "[1, m]")
            #expect(try await bench.remove("a") == "[1, m]")
            #expect(try await bench.promote("a") == "[1, m]")
            #expect(try await bench.purge("ready:2", 10) == "[1, 0, 0, 0]")
            #expect(try await bench.purge("dead", 10) == "[1, 0, 0, 0]")
            #expect(try await bench.redis("EXISTS", bench.keys.meta).integerValue == 0)
        }
    }

    /// Deletes what a test damaged, past the scripts, so that the audit at its end judges the rest.
    private func clear(_ bench: ScriptBench, _ ids: String...) async throws {
        for id in ids {
            for key in [bench.keys.jobs, bench.keys.big, bench.keys.errors] { try await bench.redis("HDEL", key, id) }
            try await bench.redis("ZREM", bench.keys.kept, id)
        }
        let leases =
            try await bench.redis("ZRANGE", bench.keys.leases, "0", "-1").arrayValue?.compactMap(\.string) ?? []
        for lease in leases where ids.contains(where: { lease.hasPrefix($0 + ":") }) {
            try await bench.redis("ZREM", bench.keys.leases, lease)
        }
    }
}
