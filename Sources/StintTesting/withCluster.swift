// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Runs a test with a Redis Cluster of its own, started in a second or two and gone afterwards.
///
/// - Parameters:
///   - replicas: How many replicas the three primaries have, one each as far as they go.
///   - appendOnly: Whether the members keep an append-only file.
///   - body: The test.
package func withCluster<Value>(
    replicas: Int = 0, appendOnly: Bool = false, _ body: (PrivateCluster) async throws -> Value
) async throws -> Value {
    try await ServerSlots.shared.run {
        let cluster = try await PrivateCluster.start(replicas: replicas, appendOnly: appendOnly)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(cluster))
        } catch {
            result = .failure(error)
        }
        await cluster.stop()
        return try result.get()
    }
}

extension RedisSnapshot {
    /// Reads what all primaries of a cluster hold, while no slot is being moved.
    package static func take(from cluster: PrivateCluster) async throws -> RedisSnapshot {
        var keys: [String: Contents] = [:]
        for member in try await cluster.primaries() {
            keys.merge(try await take(from: member.transport).keys) { $1 }
        }
        return RedisSnapshot(keys: keys)
    }
}
