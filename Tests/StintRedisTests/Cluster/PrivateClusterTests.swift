// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTesting
import Testing

@testable import StintRedis

@Suite struct PrivateClusterTests {
    @Test("A cluster serves all slots, knows Stint's slots, and moves one there and back")
    func migrates() async throws {
        try await withCluster { cluster in
            for key in ["foo", "{user1000}.following", "foo{}{bar}", "foo{{bar}}zap", "}foo{bar}", "{stint:mail}:jobs"]
            {
                let slot = try await cluster.members[0].run("CLUSTER", "KEYSLOT", key)
                #expect(slot == .integer(Int64(HashSlot.of(key.utf8))))
            }
            let slot = HashSlot.of("{q}".utf8)
            let source = try #require(try await cluster.owner(ofSlot: slot))
            let target = try #require(cluster.members.first { $0.id != source.id })
            _ = try await source.run("SET", "{q}:1", "a")
            _ = try await source.run("SET", "{q}:2", "b")
            let migration = try await cluster.beginMigration(ofSlot: slot, to: target)
            #expect(try await migration.moveKeys(atMost: 1) == 1)
            await #expect(throws: RedisFailure.self) { try await source.run("MGET", "{q}:1", "{q}:2") }
            #expect(try await migration.moveKeys() == 1)
            try await migration.finish()
            #expect(try await target.run("MGET", "{q}:1", "{q}:2") == .array([.text("a"), .text("b")]))
            try await cluster.migrate(slot: slot, to: source)
            #expect(try await cluster.owner(ofSlot: slot)?.id == source.id)
            #expect(try await RedisSnapshot.take(from: cluster).keys.count == 2)
        }
    }

    @Test("A replica takes the place of its primary, in good order and after its death")
    func failsOver() async throws {
        try await withCluster(replicas: 1) { cluster in
            let (primary, replica) = (cluster.members[0], cluster.members[3])
            try await cluster.failOver(to: replica)
            #expect(try await cluster.owner(ofSlot: 0)?.id == replica.id)
            // The former primary follows now, and takes over in turn.
            replica.server.kill()
            try await eventually { try await cluster.owner(ofSlot: 0)?.id == primary.id }
            try await cluster.waitUntilSound()
            try await replica.server.restart()
            try await cluster.waitUntilSound()
            #expect(cluster.running.count == 4)
        }
    }
}
