// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Names the Redis keys that belong to a namespace as a whole.
package struct NamespaceKeys: Hashable, Sendable {
    /// The hash-tagged prefix, such as `{stint}`.
    package let prefix: String

    /// Names the keys of `namespace`.
    package init(namespace: String = "stint") {
        prefix = "{\(namespace)}"
    }

    /// Set of the names of all queues.
    package var queues: String { "\(prefix):queues" }

    /// Sorted set of the nodes, scored by their last heartbeat.
    package var nodes: String { "\(prefix):nodes" }

    /// Hash of what each node says of itself, by node.
    package var nodeDetails: String { "\(prefix):node_details" }
}
