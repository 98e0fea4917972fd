// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Deletes jobs of a queue slice by slice, with progress; Ctrl-C stops between two slices.
struct Purge: Sendable {
    var queue: String
    var targets: Set<Queue.PurgeTarget>
    var total: Int

    /// Deletes them and returns how many there were.
    ///
    /// - Throws: A failure with status 130 that says how to go on, if it was stopped.
    func run(_ client: StintClient, _ console: Console) async throws -> Int {
        let progress = WorkProgress(total, on: console)
        do {
            return try await Interruption.stoppable {
                try await client.queue(queue).purge(targets) { progress.show($0) }
            }
        } catch let error as StintError where error.code == .closed {
            throw CommandFailure.stopped("the rest of '\(queue)' was not deleted")
        }
    }
}

extension CommandFailure {
    /// Ctrl-C stopped bulk work between two slices.
    static func stopped(_ what: String) -> Self {
        Self(
            .interrupted, "stopped; \(what)",
            hints: [.init("Go on:", Invocation.current.retyped())])
    }
}
