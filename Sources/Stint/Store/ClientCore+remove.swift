// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension ClientCore {
    /// Deletes every key of the namespace, a few hundred at a time.
    ///
    /// For a namespace that its caller made for itself. Looks at all keys of the server, in slices, so it takes a while on a large one and holds up nobody.
    package func removeNamespace() async throws(StintError) {
        // A namespace has no characters that mean something in a pattern.
        let pattern = "{\(namespace)[:}]*"
        for server in try await primaries() {
            var cursor = "0"
            repeat {
                let reply = try await send(RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000"), to: server)
                guard let parts = reply.arrayValue, parts.count == 2, let next = parts[0].string else {
                    throw StintError(.internalError, "SCAN answered in an unknown form.")
                }
                // In a cluster one command takes only keys of one queue.
                let found = Dictionary(grouping: parts[1].arrayValue?.compactMap(\.string) ?? []) { key in
                    isCluster ? key.prefix { $0 != "}" } : ""
                }
                for keys in found.values { _ = try await send(RedisCommand("UNLINK", keys)) }
                cursor = next
            } while cursor != "0"
        }
    }
}
