// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Which workers are alive, and what they serve.
struct Workforce: Sendable {
    /// A worker beats every five seconds; one that missed three beats is gone or cut off.
    static let silence = 15.0

    /// The workers that are alive.
    let alive: [NodeStatus]

    /// Sorts out those that were not heard of lately.
    init(_ nodes: [NodeStatus]) {
        alive = nodes.filter { Self.isAlive($0) }
    }

    /// Whether a worker was heard of lately.
    static func isAlive(_ node: NodeStatus) -> Bool { node.age < silence }

    /// The workers that serve a queue.
    func serving(_ queue: String) -> [NodeStatus] {
        alive.filter { node in node.queues.contains { $0.name == queue } }
    }

    /// How many jobs the workers that serve a queue can run at a time; they may share their slots with other queues.
    func slots(for queue: String) -> Int { serving(queue).reduce(0) { $0 + $1.slots } }
}
