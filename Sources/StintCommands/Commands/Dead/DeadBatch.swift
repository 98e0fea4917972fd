// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Dead jobs of one queue that are changed in slices.
struct DeadBatch: Sendable {
    /// Ids a slice: what one call to Redis takes.
    private static let sliceLength = 200

    var queue: String
    var ids: [JobID] = []

    /// Changes the jobs slice by slice with progress; Ctrl-C stops between two slices.
    ///
    /// - Returns: How often each verdict was given.
    /// - Throws: A failure with status 130 that says how many were changed, if it was stopped.
    static func work(
        _ batches: [DeadBatch], _ client: StintClient, _ console: Console,
        act: @escaping @Sendable (Queue, [JobID]) async throws -> [Verdict]
    ) async throws -> [Verdict: Int] {
        let total = batches.reduce(0) { $0 + $1.ids.count }
        let progress = WorkProgress(total, on: console)
        return try await Interruption.stoppable {
            var counts: [Verdict: Int] = [:]
            var seen = 0
            for batch in batches {
                let queue = try client.queue(batch.queue)
                for start in stride(from: 0, to: batch.ids.count, by: sliceLength) {
                    if Task.isCancelled {
                        throw CommandFailure.stopped("\(NumberText.grouped(seen)) of \(JobCount.text(total)) are done")
                    }
                    let slice = Array(batch.ids[start..<min(start + sliceLength, batch.ids.count)])
                    for verdict in try await act(queue, slice) { counts[verdict, default: 0] += 1 }
                    seen += slice.count
                    progress.show(seen)
                }
            }
            return counts
        }
    }

    /// Says what was done and what was not.
    ///
    /// - Throws: A failure with status 2, or that of the refusal if nothing was done.
    static func report(_ counts: [Verdict: Int], done: String, on console: Console) throws {
        var changed = 0
        var refusals: [(count: Int, status: CommandStatus, text: String)] = []
        for (verdict, count) in counts {
            switch verdict {
            case .done: changed += count
            case .refused(let status, let text): refusals.append((count, status, text))
            }
        }
        if changed > 0 { console.done("\(JobCount.text(changed)) \(done)") }
        refusals.sort { $0.count > $1.count }
        guard let first = refusals.first else { return }
        throw CommandFailure(
            changed > 0 || refusals.count > 1 ? .partlyDone : first.status,
            "\(JobCount.text(refusals.reduce(0) { $0 + $1.count })) left as they were",
            details: refusals.map { "\(NumberText.grouped($0.count)): \($0.text)" })
    }
}
