// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting

/// What the jobs are kept in.
enum Site: Sendable {
    /// One server with an append-only file from which nothing is ever deleted.
    case single(PrivateRedis)
    /// A primary with a replica and three sentinels.
    case sentinel(PrivateSentinel)
    /// Three primaries with a replica each.
    case cluster(PrivateCluster)

    /// The kinds by name.
    enum Kind: Sendable { case single, sentinel, cluster }

    /// Starts the servers.
    static func start(
        _ scenario: Scenario, folder: URL, environment: [String: String], options: [String]
    ) async throws -> Site {
        switch scenario.site {
        case .single:
            .single(
                try await PrivateRedis.start(
                    directory: folder.appendingPathComponent("redis").path, appendOnly: true,
                    extraConfiguration: [
                        "appendfsync \(scenario.fsync)", "aof-disable-auto-gc yes", "auto-aof-rewrite-min-size 32mb",
                    ] + scenario.redisOptions + options, environment: environment))
        case .sentinel:
            // One replica, so that a job that one has confirmed is on the one that will be promoted.
            .sentinel(
                try await PrivateSentinel.start(
                    replicas: 1, downAfter: .seconds(2), executable: try Partition.server(in: folder)))
        case .cluster: .cluster(try await PrivateCluster.start(replicas: 3, appendOnly: true))
        }
    }

    var url: String {
        switch self {
        case .single(let redis): redis.url
        case .sentinel(let group): group.url
        case .cluster(let cluster): cluster.url
        }
    }

    /// Everything that the servers hold.
    func snapshot(through transport: any RedisTransport) async throws -> RedisSnapshot {
        switch self {
        case .single, .sentinel: try await RedisSnapshot.take(from: transport)
        case .cluster(let cluster): try await RedisSnapshot.take(from: cluster)
        }
    }

    func stop() async {
        switch self {
        case .single(let redis): await redis.stop()
        case .sentinel(let group): await group.stop()
        case .cluster(let cluster): await cluster.stop()
        }
    }
}
