// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

/// A job as a test writes it down.
struct TestJob {
    var id: String
    var content: NewJob.Content

    init(_ id: String, _ configure: (inout NewJob.Content) -> Void = { _ in }) {
        self.id = id
        content = NewJob.Content(name: "work", payload: Array("payload of \(id)".utf8))
        configure(&content)
    }
}

/// A job that `advance` handed out.
struct TestClaim: Equatable {
    var id: String
    var record: JobRecord
    var big: [UInt8]

    /// The lease's member.
    var member: String { "\(id):\(record.fence):\(record.node)" }
}

/// What `advance` replied.
struct TestAdvance: Equatable {
    var lost: [String]
    var claimed: [TestClaim]
    var hasMore: Bool
    var nextDue: Int64

    init(_ reply: RedisValue) throws {
        let parts = try #require(reply.arrayValue)
        try #require(parts.count == 5, "\(reply.line)")
        #expect(parts[0] == .integer(1))
        lost = parts[1].arrayValue?.compactMap(\.string) ?? []
        let flat = parts[2].arrayValue ?? []
        claimed = try stride(from: 0, to: flat.count, by: 3).map { at in
            TestClaim(
                id: try #require(flat[at].string), record: try JobRecord(#require(flat[at + 1].bytesValue)),
                big: try #require(flat[at + 2].bytesValue))
        }
        hasMore = parts[3] == .integer(1)
        nextDue = try #require(parts[4].integerValue)
    }
}

/// Calls with the arguments that most tests use.
extension ScriptBench {
    /// Ten minutes, so that a slow machine does not make a gap between two looks.
    static let leaseMilliseconds = 600_000

    func entries(_ jobs: [TestJob]) throws -> [[UInt8]] {
        NewJob.arguments(of: try jobs.map { try #require(NewJob(id: JobID($0.id), $0.content)) })
    }

    /// Enqueues in the lane; `number` repeats an earlier call.
    @discardableResult
    func enqueue(_ jobs: TestJob..., number: Int? = nil) async throws -> String {
        try await run(
            Scripts.enqueue(keys, lane: lane, number: number ?? nextNumber(), entries: entries(jobs))
        ).line
    }

    /// Finishes and claims in the lane; `number` repeats an earlier call.
    @discardableResult
    func advance(
        _ limit: Int, finished: [(TestClaim, String)] = [], node: String = "node01", seenFence: Int64 = 0,
        lease: Int = leaseMilliseconds, number: Int? = nil
    ) async throws -> TestAdvance {
        let finished = finished.flatMap { [$0.0.id, $0.0.member, $0.1].map { Array($0.utf8) } }
        return try TestAdvance(
            await run(
                Scripts.advance(
                    keys, lane: lane, number: number ?? nextNumber(), leaseMs: lease, limit: limit, node: node,
                    seenFence: Int(seenFence), finished: finished)))
    }

    /// Claims exactly so many jobs.
    func claim(_ count: Int, node: String = "node01") async throws -> [TestClaim] {
        let claimed = try await advance(count, node: node).claimed
        try #require(claimed.count == count)
        return claimed
    }

    /// Claims one job.
    func claimOne() async throws -> TestClaim { try await claim(1)[0] }

    /// Enqueues a job and claims it.
    func running(_ job: TestJob) async throws -> TestClaim {
        try await enqueue(job)
        return try await claimOne()
    }

    @discardableResult
    func fail(
        _ failures: (TestClaim, action: String, delay: Int, kind: String, text: String)..., maxCrashes: Int = 3,
        number: Int? = nil
    ) async throws -> String {
        let list = failures.flatMap { [$0.0.id, $0.0.member, $0.action, "\($0.delay)", $0.kind, $0.text] }
        return try await run(
            Scripts.fail(
                keys, lane: lane, number: number ?? nextNumber(), maxCrashes: maxCrashes,
                failures: list.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func release(
        _ jobs: (TestClaim, delay: Int)..., wasStarted: Bool = true, number: Int? = nil
    ) async throws -> String {
        let list = jobs.flatMap { [$0.0.id, $0.0.member, "\($0.delay)", wasStarted ? "1" : "0"] }
        return try await run(
            Scripts.release(
                keys, lane: lane, number: number ?? nextNumber(), handed: list.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func cancel(
        _ ids: String..., states: String = "", seen: Int64 = 0, number: Int? = nil
    ) async throws -> String {
        try await run(
            Scripts.cancel(
                keys, lane: lane, number: number ?? nextNumber(), who: "me", states: states, seenMs: Int(seen),
                ids: ids.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func retryDead(_ ids: String..., number: Int? = nil) async throws -> String {
        try await run(
            Scripts.retryDead(keys, lane: lane, number: number ?? nextNumber(), ids: ids.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func remove(
        _ ids: String..., states: String = "", seen: Int64 = 0, number: Int? = nil
    ) async throws -> String {
        try await run(
            Scripts.remove(
                keys, lane: lane, number: number ?? nextNumber(), states: states, seenMs: Int(seen),
                ids: ids.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func promote(_ ids: String..., number: Int? = nil) async throws -> String {
        try await run(
            Scripts.promote(keys, lane: lane, number: number ?? nextNumber(), ids: ids.map { Array($0.utf8) })
        ).line
    }

    @discardableResult
    func purge(
        _ source: String, _ limit: Int, until: Int64 = 1 << 46, skip: Int = 0, number: Int? = nil
    ) async throws -> String {
        try await run(
            Scripts.purge(
                keys, lane: lane, number: number ?? nextNumber(), source: source, limit: limit, untilMs: Int(until),
                skip: skip)
        ).line
    }

    @discardableResult
    func sweep(maxCrashes: Int = 3, node: String = "node01", interval: Int = 1_000) async throws -> String {
        try await run(
            Scripts.sweep(
                keys, leaseMs: Self.leaseMilliseconds, intervalMs: interval, maxCrashes: maxCrashes, node: node)
        ).line
    }
}

/// Steps in time, made by writing times instead of waiting for them.
extension ScriptBench {
    /// Makes it look as if somebody had looked after the queue all the time and for the last time one second ago.
    func wasLookedAfter() async throws {
        let last = try await now() - 1_000
        try await redis("HSET", keys.meta, "look", "\(last)", "hold", "0", "lease", "\(Self.leaseMilliseconds)")
    }

    /// Lets leases expire, in the order given.
    func expire(_ claims: TestClaim...) async throws {
        let first = try await now() - 1_000
        for (index, claim) in claims.enumerated() {
            try await redis("ZADD", keys.leases, "XX", "\(first + Int64(index))", claim.member)
        }
    }

    /// Changes the bytes of a record.
    func edit(_ id: String, _ change: (inout [UInt8]) -> Void) async throws {
        var bytes = try #require(await redis("HGET", keys.jobs, id).bytesValue)
        change(&bytes)
        try await redis("HSET", bytes: [Array(keys.jobs.utf8), Array(id.utf8), bytes])
    }

    /// Sets the header's time: due, since when, or when it ended.
    func setTime(_ id: String, _ milliseconds: Int64) async throws {
        try await edit(id) { $0.write(milliseconds, at: 17, bytes: 6) }
    }

    /// Lets a job expire that was enqueued with an expiry.
    func setExpired(_ id: String) async throws {
        try await edit(id) { $0.write(1, at: 39 + Int($0[38]), bytes: 6) }
    }
}

extension [UInt8] {
    /// Writes a big-endian number.
    mutating func write(_ value: Int64, at offset: Int, bytes count: Int) {
        for index in 0..<count {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> Int64(8 * (count - 1 - index)))
        }
    }
}

extension NewJob {
    /// The whole record.
    var record: [UInt8] { head + rest }
}
