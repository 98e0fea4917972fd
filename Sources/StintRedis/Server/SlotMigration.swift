// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A slot on its way from one member of a private cluster to another, step by step.
///
/// Between the steps the slot stands still for scripts: Redis answers TRYAGAIN, ASK or MOVED.
package struct SlotMigration: Sendable {
    let cluster: PrivateCluster
    /// The slot.
    package let slot: Int
    /// Who serves it until ``finish()``.
    package let source: PrivateCluster.Member
    /// Who serves it then.
    package let target: PrivateCluster.Member

    func begin() async throws(RedisFailure) {
        guard source.id != target.id else { return }
        _ = try await target.run("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", source.id)
        _ = try await source.run("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", target.id)
    }

    /// Moves up to `limit` of the slot's keys and returns how many there were to move.
    @discardableResult
    package func moveKeys(atMost limit: Int = .max) async throws(RedisFailure) -> Int {
        guard source.id != target.id else { return 0 }
        var moved = 0
        while moved < limit {
            let count = min(100, limit - moved)
            let reply = try await source.run("CLUSTER", "GETKEYSINSLOT", "\(slot)", "\(count)")
            let keys = reply.arrayValue?.compactMap(\.string) ?? []
            if keys.isEmpty { break }
            // REPLACE: of a key that both have, after a broken attempt, the source's is the one that is served.
            let head = ["127.0.0.1", "\(target.port)", "", "0", "20000", "REPLACE", "KEYS"]
            _ = try await source.run("MIGRATE", head + keys)
            moved += keys.count
        }
        return moved
    }

    /// Gives the slot to the target, once all its keys are there.
    package func finish() async throws {
        let others = cluster.running.filter { $0.id != source.id && $0.id != target.id }
        for member in [target, source] + others {
            // Replicas take no orders: they learn it from their primary.
            guard try await member.run("ROLE").arrayValue?.first?.string == "master" else { continue }
            _ = try await member.run("CLUSTER", "SETSLOT", "\(slot)", "NODE", target.id)
        }
        try await cluster.eventually("the members to agree on the slot's new place") {
            try await cluster.owner(ofSlot: slot)?.id == target.id
        }
    }
}
