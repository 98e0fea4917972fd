// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging

extension PrivateCluster {
    /// Starts the servers, joins them and waits until all slots are served: one to three seconds.
    ///
    /// - Parameters:
    ///   - primaries: How many share the slots; a cluster has at least three.
    ///   - replicas: How many follow, spread over the primaries.
    ///   - nodeTimeout: How long a member is silent before the others take it for lost.
    ///   - appendOnly: Whether the members keep an append-only file (fsync each second).
    ///   - extraConfiguration: More lines of redis.conf for each member; they win over those set here.
    package static func start(
        primaries: Int = 3, replicas: Int = 0, nodeTimeout: Duration = .seconds(1), appendOnly: Bool = false,
        extraConfiguration: [String] = []
    ) async throws -> PrivateCluster {
        let milliseconds = nodeTimeout / .milliseconds(1)
        let lines =
            [
                "bind 127.0.0.1", "cluster-enabled yes", "cluster-node-timeout \(Int(milliseconds))",
                "cluster-replica-validity-factor 0", "cluster-allow-replica-migration no", "repl-diskless-sync-delay 0",
            ] + extraConfiguration
        let reactor = NIOReactor()
        var members: [Member] = []
        for _ in 0..<(primaries + replicas) {
            let (server, port) = try await startServer(appendOnly: appendOnly, lines)
            let node = RedisNode(
                configuration: server.configuration, reactor: reactor, random: SystemRandom(),
                logger: Logger(label: "stint.cluster") { _ in SwiftLogNoOpLogHandler() })
            let id = try await node.send(RedisCommand("CLUSTER", "MYID")).string ?? ""
            members.append(Member(server: server, port: port, id: id, node: node))
        }
        let cluster = PrivateCluster(members: members, primaryCount: primaries)
        try await cluster.join()
        return cluster
    }

    /// Starts a server on two free ports below those that the system gives to outgoing connections.
    private static func startServer(
        appendOnly: Bool, _ lines: [String]
    ) async throws(PrivateRedisError) -> (PrivateRedis, Int) {
        var attempts = 0
        while true {
            let ports = (0..<2).map { _ in 10_000 + Int(SystemRandom().next() % 22_000) }
            do throws(PrivateRedisError) {
                let server = try await PrivateRedis.start(
                    appendOnly: appendOnly,
                    extraConfiguration: ["port \(ports[0])", "cluster-port \(ports[1])"] + lines)
                return (server, ports[0])
            } catch {
                attempts += 1
                // The ports may be taken; anything else that is wrong stays wrong.
                guard error.code == .failed, attempts < 20 else { throw error }
            }
        }
    }

    private func join() async throws {
        let primaries = members.prefix(primaryCount)
        for (index, member) in primaries.enumerated() {
            _ = try await member.run("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            let first = HashSlot.count * index / primaryCount
            let last = HashSlot.count * (index + 1) / primaryCount - 1
            _ = try await member.run("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
        }
        for member in members {
            for other in members where other.id != member.id {
                let bus = try await other.run("CONFIG", "GET", "cluster-port").arrayValue?.last?.string ?? ""
                _ = try await member.run("CLUSTER", "MEET", "127.0.0.1", "\(other.port)", bus)
            }
        }
        try await eventually("the members to know each other") {
            for member in self.members {
                let nodes = try await member.run("CLUSTER", "NODES").string ?? ""
                guard self.members.allSatisfy({ nodes.contains($0.id) }), !nodes.contains("handshake") else {
                    return false
                }
            }
            return true
        }
        for (index, replica) in members.dropFirst(primaryCount).enumerated() {
            _ = try await replica.run("CLUSTER", "REPLICATE", members[index % primaryCount].id)
        }
        try await eventually("the replicas to be in step") {
            for replica in self.members.dropFirst(self.primaryCount) {
                let role = try await replica.run("ROLE").arrayValue ?? []
                guard role.count > 3, role[3].string == "connected" else { return false }
            }
            // A member that does not know of a replica could not tell a client of it, nor vote for it.
            for member in self.members {
                let ranges = try await member.run("CLUSTER", "SLOTS").arrayValue ?? []
                let known = ranges.reduce(0) { $0 + max(0, ($1.arrayValue?.count ?? 0) - 2) }
                guard known == self.members.count else { return false }
            }
            return true
        }
        try await waitUntilSound()
    }
}
