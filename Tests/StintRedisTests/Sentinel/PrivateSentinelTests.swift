// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

/// Runs `body` with a primary, replicas and sentinels of its own.
func withSentinel(
    replicas: Int = 2, sentinels: Int = 3, sentinelPassword: String? = nil,
    _ body: (PrivateSentinel) async throws -> Void
) async throws {
    try await ServerSlots.shared.run {
        let group = try await PrivateSentinel.start(
            replicas: replicas, sentinels: sentinels, sentinelPassword: sentinelPassword)
        do {
            try await body(group)
        } catch {
            await group.stop()
            throw error
        }
        await group.stop()
    }
}

@Suite struct PrivateSentinelTests {
    @Test("A killed primary is replaced, and comes back as a replica of the new one")
    func kill() async throws {
        try await withSentinel(replicas: 1) { group in
            #expect(await group.primary() == 0)
            let old = try await group.killPrimary()
            #expect(old == 0)
            let new = try await group.waitForFailover(from: old, within: .seconds(180))
            #expect(new == 1)
            #expect(await group.epoch() > 0)
            try await group.servers[old].restart()
            try await group.waitForReplica(old, within: .seconds(180))
            #expect(await group.role(of: old) == "slave")
            #expect(await group.primary() == new)
        }
    }
}
