// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging

/// A private Redis Cluster: several `redis-server` processes of this process on free ports of the loopback.
///
/// Each is a ``PrivateRedis``, so none outlives its owner. The first members are the primaries, which share the slots
/// evenly; the replicas follow, the first of them of the first primary. Who is primary changes with a failover: ask
/// ``owner(ofSlot:)``.
package final class PrivateCluster: Sendable {
    /// One server of the cluster.
    package struct Member: Sendable {
        /// Its process.
        package let server: PrivateRedis
        /// Where clients connect to on 127.0.0.1.
        package let port: Int
        /// The name that it has in the cluster, also after a restart.
        package let id: String
        let node: RedisNode

        /// Sends to this server alone, whatever slot a command is about.
        package var transport: any RedisTransport { node.commands }

        /// Sends a command to this server alone, whatever slot it is about.
        package func run(_ name: String, _ arguments: String...) async throws(RedisFailure) -> RedisValue {
            try await run(name, arguments)
        }

        /// Sends a command to this server alone, whatever slot it is about.
        @_disfavoredOverload
        package func run(_ name: String, _ arguments: [String]) async throws(RedisFailure) -> RedisValue {
            try await node.commands.send(RedisCommand(name, arguments), timeout: .seconds(30))
        }
    }

    /// Its servers: the primaries it began with, then the replicas.
    package let members: [Member]
    /// How many of the members began as primaries.
    package let primaryCount: Int

    init(members: [Member], primaryCount: Int) {
        self.members = members
        self.primaryCount = primaryCount
    }

    /// Its address for clients, with all primaries as seeds: `redis+cluster://127.0.0.1:PORT,…`.
    package var url: String {
        "redis+cluster://" + members.prefix(primaryCount).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    }

    /// How to connect to it.
    package var configuration: RedisConfiguration {
        get throws { try RedisConfiguration(url: url) }
    }

    /// The members whose process runs.
    package var running: [Member] { members.filter { $0.server.pid != nil } }

    /// The running members that are primaries by their own account.
    package func primaries() async throws -> [Member] {
        var primaries: [Member] = []
        for member in running where try await member.run("ROLE").arrayValue?.first?.string == "master" {
            primaries.append(member)
        }
        return primaries
    }

    /// The member that serves a slot, as the running members see it; nil while they do not agree.
    package func owner(ofSlot slot: Int) async throws -> Member? {
        var owners: Set<String> = []
        for member in running {
            let ranges = try await member.run("CLUSTER", "SLOTS").arrayValue ?? []
            let range = ranges.first { range in
                guard let parts = range.arrayValue, parts.count >= 3, let first = parts[0].integerValue,
                    let last = parts[1].integerValue
                else { return false }
                return first <= slot && slot <= last
            }
            let primary = range?.arrayValue?[2].arrayValue
            guard let primary, primary.count >= 3, let id = primary[2].string else { return nil }
            owners.insert(id)
        }
        guard owners.count == 1 else { return nil }
        return members.first { owners.contains($0.id) }
    }

    /// The member that serves the slot of a key.
    package func owner(ofKey key: String) async throws -> Member? {
        try await owner(ofSlot: HashSlot.of(key.utf8))
    }

    /// Begins to move a slot: from now on the source answers only for keys that it still has.
    package func beginMigration(ofSlot slot: Int, to target: Member) async throws -> SlotMigration {
        guard let source = try await owner(ofSlot: slot) else {
            throw PrivateRedis.failed("the members do not agree on who serves slot \(slot)")
        }
        let migration = SlotMigration(cluster: self, slot: slot, source: source, target: target)
        try await migration.begin()
        return migration
    }

    /// Moves a slot with all its keys.
    package func migrate(slot: Int, to target: Member) async throws {
        let migration = try await beginMigration(ofSlot: slot, to: target)
        try await migration.moveKeys()
        try await migration.finish()
    }

    /// Makes a replica take the place of its primary in good order.
    package func failOver(to replica: Member) async throws {
        _ = try await replica.run("CLUSTER", "FAILOVER")
        try await eventually("the failover") {
            try await replica.run("ROLE").arrayValue?.first?.string == "master"
        }
        try await waitUntilSound()
    }

    /// Waits until every running member says that all slots are served and all of them agree on by whom.
    ///
    /// After the loss of a primary that takes its node timeout and an election. Until the others have noticed the loss, all
    /// looks well to them: name the one that is gone.
    package func waitUntilSound(without lost: Member? = nil) async throws {
        try await eventually("all slots to be served") {
            var views: Set<[String]> = []
            for member in self.running {
                let info = try await member.run("CLUSTER", "INFO").string ?? ""
                guard info.contains("cluster_state:ok") else { return false }
                views.insert(try await Self.owners(seenBy: member))
            }
            if let lost, views.joined().contains(where: { $0.hasSuffix(" \(lost.id)") }) { return false }
            return views.count == 1
        }
    }

    /// Kills all servers.
    package func stop() async {
        for member in members {
            await member.node.shutdown()
            member.server.kill()
        }
    }

    /// The slots and who serves them, in the words of one member.
    private static func owners(seenBy member: Member) async throws -> [String] {
        (try await member.run("CLUSTER", "SLOTS").arrayValue ?? []).map { range in
            let parts = range.arrayValue ?? []
            let owner = parts.count > 2 ? parts[2].arrayValue?.dropFirst(2).first?.string : nil
            return "\(parts.first?.string ?? "")-\(parts.dropFirst().first?.string ?? "") \(owner ?? "")"
        }.sorted()
    }

    /// Waits for a condition; a member that cannot be asked right now does not fulfil it.
    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws(PrivateRedisError) {
        let deadline = ContinuousClock.now + .seconds(60)
        while (try? await condition()) != true {
            guard ContinuousClock.now < deadline else { throw PrivateRedis.failed("\(what) did not come within 60 s") }
            await pause(.milliseconds(20))
        }
    }
}
