// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

/// A queue with something of everything, put back before each cut, on a server whose clock stands still.
struct StepFixture {
    let bench: ScriptBench
    let claims: [String: TestClaim]
    /// Name, dump and milliseconds to live of each key.
    private let dumps: [[UInt8]]

    /// Makes the queue.
    ///
    /// Urgent: two that are dead, two that are kept, four that run, of which one is to be cancelled and one's lease has run
    /// out. Then ready ones with a tombstone, delayed ones of which one is due.
    init(_ bench: ScriptBench, _ clock: ServerClock) async throws {
        self.bench = bench
        let start: Int64 = 1_700_000_000_000_000
        let urgent = ["x1", "x2", "k1", "k2", "r1", "r2", "r3", "r4"].map { id in
            TestJob(id) {
                $0.priority = .urgent
                $0.keepMilliseconds = id == "k1" ? 1_000 : id == "k2" ? 3_600_000 : 0
                if id == "r2" || id == "x1" { $0.unique = .key(id) }
            }
        }
        try await bench.run(
            Scripts.enqueue(bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(urgent)))
        try await bench.enqueue(
            TestJob("a"), TestJob("b") { $0.unique = .key("kb") },
            TestJob("c") { $0.payload = .init(repeating: 1, count: 700) },
            TestJob("e") { $0.isAwaited = true }, TestJob("t"),
            TestJob("d1") { $0.due = .after(60_000) }, TestJob("d2") { $0.due = .after(10_400) })
        let claimed = try await bench.advance(8, lease: 10_000).claimed
        let claims = Dictionary(uniqueKeysWithValues: claimed.map { ($0.id, $0) })
        self.claims = claims
        func claim(_ id: String) -> TestClaim { claims[id] ?? claimed[0] }
        try await bench.fail(
            (claim("x1"), action: "d", delay: 0, kind: "e", text: "x"),
            (claim("x2"), action: "d", delay: 0, kind: "e", text: "x"))
        try await bench.advance(0, finished: [(claim("k1"), "done"), (claim("k2"), "done")], lease: 10_000)
        try await bench.run(Scripts.progress(bench.keys, id: "r1", member: claim("r1").member, text: "half"))
        try await bench.cancel("r2", "t")
        for second in 1...10 {
            clock.microseconds = start + Int64(second) * 1_000_000
            try await bench.run(
                Scripts.renew(
                    bench.keys, leaseMs: 10_000, members: ["r1", "r2", "r4"].map { Array(claim($0).member.utf8) }))
            try await Self.sweep(bench)
        }
        clock.microseconds = start + 11_000_000
        var dumps: [[UInt8]] = []
        for key in try await bench.redis("KEYS", "*").arrayValue?.compactMap(\.string) ?? [] {
            let life = try await bench.redis("PTTL", key).integerValue ?? -1
            dumps += [
                Array(key.utf8), try await bench.redis("DUMP", key).bytesValue ?? [], Array("\(max(life, 0))".utf8),
            ]
        }
        self.dumps = dumps
    }

    private static func sweep(_ bench: ScriptBench) async throws {
        try await bench.run(
            Scripts.sweep(bench.keys, leaseMs: 10_000, intervalMs: 1_000, maxCrashes: 3, node: "node01"))
    }

    /// Puts everything back as it was.
    func restore() async throws {
        let script = """
            redis.call('FLUSHDB')
            for at = 1, #ARGV, 3 do redis.call('RESTORE', ARGV[at], ARGV[at + 2], ARGV[at + 1]) end
            """
        try await bench.redis("EVAL", bytes: [Array(script.utf8), Array("0".utf8)] + dumps)
    }

    /// Everything but the lanes, whose names are random.
    func state() async throws -> RedisSnapshot {
        var snapshot = try await bench.snapshot().snapshot
        snapshot.keys = snapshot.keys.filter { !$0.key.contains(":lane:") }
        return snapshot
    }

    func member(_ id: String) -> [UInt8] { Array((claims[id]?.member ?? "").utf8) }
}
