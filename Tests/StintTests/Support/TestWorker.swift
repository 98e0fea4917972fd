// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

@testable import Stint

/// Claims and ends jobs by direct calls, where a test needs no more of a worker.
struct TestWorker: Sendable {
    struct Claim: Sendable {
        let id: JobID
        let record: JobRecord
        let payload: [UInt8]
        var lease: [UInt8] { record.lease(id: id) }
    }

    let core: ClientCore
    let keys: QueueKeys
    let lane: Lane

    init(_ core: ClientCore, queue: String) {
        self.core = core
        keys = core.keys(queue: queue)
        lane = Lane(core: core, keys: keys, policy: .worker)
    }

    /// Claims up to so many jobs.
    func claim(_ limit: Int = 1) async throws -> [Claim] {
        try await advance(limit: limit, finished: [])
    }

    /// Completes jobs, each with the result given.
    func complete(_ claims: [Claim], result: [UInt8] = []) async throws {
        let finished = claims.flatMap { [Array($0.id.description.utf8), $0.lease, result] }
        _ = try await advance(limit: 0, finished: finished)
    }

    /// Claims and completes until nothing is ready.
    func drain() async throws -> Int {
        var count = 0
        while true {
            let claims = try await claim(100)
            if claims.isEmpty { return count }
            try await complete(claims)
            count += claims.count
        }
    }

    /// Ends an attempt as failed.
    func fail(_ claim: Claim, dead: Bool = true, text: String = "broken") async throws {
        let keys = keys
        let failure: [[UInt8]] = [
            Array(claim.id.description.utf8), claim.lease, Array((dead ? "d" : "r").utf8), Array("1000".utf8),
            Array("e".utf8), Array(text.utf8),
        ]
        _ = try await core.call(in: lane) {
            Scripts.fail(keys, lane: $0, number: $1, maxCrashes: 3, failures: failure)
        }
    }

    private func advance(limit: Int, finished: [[UInt8]]) async throws -> [Claim] {
        let keys = keys
        let reply = try await core.call(in: lane) {
            Scripts.advance(
                keys, lane: $0, number: $1, leaseMs: 10_000, limit: limit, node: "tester", seenFence: 0,
                finished: finished)
        }
        guard let flat = reply.arrayValue?[2].arrayValue else { return [] }
        return try stride(from: 0, to: flat.count, by: 3).map { at in
            let record = try JobRecord(flat[at + 1].bytesValue ?? [])
            return Claim(
                id: JobID(unchecked: flat[at].string ?? ""), record: record,
                payload: record.payload ?? flat[at + 2].bytesValue ?? [])
        }
    }
}
