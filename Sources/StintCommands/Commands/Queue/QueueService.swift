// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions

/// What somebody who enqueues should know of who serves the queue.
enum QueueService {
    /// What is to be said of a queue that so many new jobs were just put into; `nil` if a worker serves it.
    ///
    /// A queue that held nothing before is mostly a slip of the fingers: then `undo` is offered. Looks at the queue only
    /// once the jobs are there: what cannot be read, as by a user who may only enqueue, is no reason to refuse them.
    ///
    /// - Parameter nodes: The worker processes; `nil` if they cannot be read.
    static func warning(
        _ queue: String, added: Int, undo: String?, nodes: [NodeStatus]?, _ inspector: Inspector
    ) async -> String? {
        guard let nodes else { return nil }
        let served = Set(Workforce(nodes).alive.flatMap { $0.queues.map(\.name) })
        guard !served.contains(queue), let enqueued = try? await inspector.enqueuedTotal(queue) else { return nil }
        let isNew = enqueued <= added
        var text = "no worker serves '\(queue)'" + (isNew ? " and it did not exist before" : "")
        if let near = NearMiss.find(queue, among: served.sorted()) {
            text += "; '\(near)' does exist and is served."
        } else {
            text += ". Start one: stint work --queue \(queue)"
        }
        guard isNew, let undo else { return text }
        return text + (text.hasSuffix(".") ? " " : "   ") + "Undo: \(undo)"
    }
}
