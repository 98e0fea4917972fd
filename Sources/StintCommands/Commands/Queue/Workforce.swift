// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

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

    /// What a worker does, or that it is lost or has a loop that does not turn.
    static func state(of node: NodeStatus) -> Field {
        guard isAlive(node) else { return .text("lost") }
        return node.stuck.isEmpty
            ? .text(node.mode) : .custom(.string(node.mode), text: "stuck (\(node.stuck[0].loop))")
    }

    /// The loops of a worker that do not turn.
    static func stuck(in node: NodeStatus) -> Field {
        let loops = node.stuck.map { stuck in
            JSONValue.object(
                [.init("loop", .string(stuck.loop))]
                    + (stuck.queue.map { [.init("queue", .string($0))] } ?? [])
                    + [.init("for_s", Field.seconds(stuck.seconds).json)]
                    + (stuck.reason.map { [.init("reason", .string($0))] } ?? []))
        }
        let text = node.stuck.map(\.description).joined(separator: "; ")
        return .custom(.array(loops), text: text.isEmpty ? "none" : text)
    }

    /// The workers that serve a queue.
    func serving(_ queue: String) -> [NodeStatus] {
        alive.filter { node in node.queues.contains { $0.name == queue } }
    }

    /// How many jobs the workers that serve a queue can run at a time; they may share their slots with other queues.
    func slots(for queue: String) -> Int { serving(queue).reduce(0) { $0 + $1.slots } }
}
