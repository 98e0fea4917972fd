// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RedisConfiguration {
    /// Whether commands go to the nodes of a Redis Cluster, each to the one that serves its key.
    package var isCluster: Bool { !clusterSeeds.isEmpty }

    /// Reads `host[:port],host[:port]…`, the nodes that are asked first; the others are learned from them.
    static func cluster(_ text: Substring) throws(RedisConfigurationError) -> RedisConfiguration {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let nodes = text[..<slash].split(separator: ",", omittingEmptySubsequences: false)
        var seeds: [Address] = []
        for node in nodes {
            let address = try tcp(node).address
            if !seeds.contains(address) { seeds.append(address) }
        }
        // With the path, which can only be the database 0.
        var configuration = try tcp((nodes.first ?? "") + text[slash...])
        guard configuration.database == 0 else {
            throw RedisConfigurationError("a Redis Cluster has only the database 0")
        }
        configuration.clusterSeeds = seeds
        return configuration
    }

    /// How to connect to one node of the cluster.
    func node(at address: Address) -> RedisConfiguration {
        var configuration = self
        configuration.address = address
        configuration.clusterSeeds = []
        return configuration
    }

    /// The same for the first node alone, for programs that know no clusters.
    package var firstNode: RedisConfiguration { node(at: address) }

    var redactedClusterURL: String {
        let seeds = clusterSeeds.map { Self.endpoint($0) }.joined(separator: ",")
        return (tls == nil ? "redis" : "rediss") + "+cluster://" + credentials + seeds
    }
}
