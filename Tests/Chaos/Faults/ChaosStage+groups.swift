// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis

/// What is done to a group with sentinels, and to a cluster.
extension ChaosStage {
    /// Kills the primary; it comes back as a replica.
    func killPrimary(of group: PrivateSentinel) async throws {
        log.append(.primary, "kill")
        let old = try await group.killPrimary()
        try await group.waitForFailover(from: old)
        log.append(.failover, "kill")
        try await restart(group.servers[old])
        try await group.waitForReplica(old, within: .seconds(120))
    }

    /// Stops the primary until another has taken its place, and a little longer.
    func pausePrimary(of group: PrivateSentinel) async throws {
        log.append(.primary, "pause")
        let old = try await group.suspendPrimary()
        do {
            try await group.waitForFailover(from: old)
        } catch {
            group.servers[old].resume()
            throw error
        }
        log.append(.failover, "pause")
        try? await Task.sleep(for: .seconds(1))
        group.servers[old].resume()
        try await group.waitForReplica(old, within: .seconds(120))
    }

    /// Cuts the primary off from replicas and sentinels, while clients reach it, until another one has been in its place
    /// for some seconds: what it accepts meanwhile is lost.
    func cutOffPrimary(of group: PrivateSentinel) async throws {
        guard let old = await group.primary() else { return }
        let partition = Partition(port: group.ports[old])
        log.append(.primary, "partition")
        try partition.cut()
        do {
            try await group.waitForFailover(from: old)
            log.append(.failover, "partition")
            try? await Task.sleep(for: .seconds(3))
        } catch {
            try partition.heal()
            throw error
        }
        try partition.heal()
        log.append(.healed)
        try await group.waitForReplica(old, within: .seconds(120))
    }

    /// Moves a queue's slot, with all its keys, to another primary.
    func moveSlot(in cluster: PrivateCluster, _ random: SplitMix64) async throws {
        let queue = Self.queues[Int(random.next() % UInt64(Self.queues.count))]
        let slot = HashSlot.of(client.core.keys(queue: queue).jobs.utf8)
        let owner = try await cluster.owner(ofSlot: slot)
        let others = try await cluster.primaries().filter { $0.id != owner?.id }
        guard owner != nil, !others.isEmpty else { return }
        log.append(.move, queue)
        try await cluster.migrate(slot: slot, to: others[Int(random.next() % UInt64(others.count))])
        log.append(.moved, queue)
        try await cluster.waitUntilSound()
    }

    /// Kills the primary of a queue; its replica takes its place, and it comes back as a replica.
    func killPrimary(in cluster: PrivateCluster) async throws {
        guard let owner = try await cluster.owner(ofKey: client.core.keys(queue: Self.queues[0]).jobs) else { return }
        log.append(.primary, "kill")
        owner.server.kill()
        try await cluster.waitUntilSound(without: owner)
        log.append(.failover, "kill")
        try await restart(owner.server)
        try await cluster.waitUntilSound()
        try await replicasInStep(cluster)
    }

    /// A replica that has not its primary's data yet would lose more than replication does.
    private func replicasInStep(_ cluster: PrivateCluster) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            var isInStep = true
            for member in cluster.running {
                let role = try? await member.run("ROLE").arrayValue
                let isPrimary = role?.first?.string == "master"
                isInStep = isInStep && (isPrimary || role?.dropFirst(3).first?.string == "connected")
            }
            if isInStep { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ScenarioAct.Failure(description: "a replica did not follow within 60 s")
    }
}
