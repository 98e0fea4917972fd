// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions

/// Which queues there are and which of them a worker serves, as far as somebody who enqueues should know.
struct QueueService: Sendable {
    var known: Set<String>
    var served: Set<String>

    /// Looks once; nil where the user may enqueue but not look.
    static func look(_ inspector: Inspector) async throws(StintError) -> QueueService? {
        do {
            return try await read(inspector)
        } catch {
            if error.code == .redisRefused { return nil }
            throw error
        }
    }

    private static func read(_ inspector: Inspector) async throws(StintError) -> QueueService {
        let workers = Workforce(try await inspector.nodes()).alive
        let names = try await inspector.queueNames()
        return QueueService(known: Set(names), served: Set(workers.flatMap { $0.queues.map(\.name) }))
    }

    /// What is to be said of a queue that a job was put into; `nil` if a worker serves it.
    ///
    /// A queue that nobody knew is mostly a slip of the fingers: then `undo` is offered.
    func warning(_ queue: String, undo: String?) -> String? {
        guard !served.contains(queue) else { return nil }
        let isNew = !known.contains(queue)
        var text = "no worker serves '\(queue)'" + (isNew ? " and it did not exist before" : "")
        if let near = NearMiss.find(queue, among: served.sorted()) {
            text += "; '\(near)' does exist and is served."
        } else {
            text += ". Start one: stint work --queue \(queue)  "
        }
        return text + (isNew ? undo.map { " Undo: \($0)" } ?? "" : "")
    }
}
