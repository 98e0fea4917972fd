// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Stint
import StintTerminal

/// Jobs of one queue that are changed in slices.
struct JobBatch: Sendable {
    /// What became of the jobs of one queue.
    struct Outcome: Sendable {
        var queue: String
        var matched: Int
        var verdicts: [Verdict: Int] = [:]

        /// How many were changed.
        var done: Int {
            verdicts.reduce(0) { sum, verdict in
                if case .done = verdict.key { return sum + verdict.value }
                return sum
            }
        }

        /// What was not changed and why, the most frequent reason first.
        var refusals: [(count: Int, status: CommandStatus, text: String)] {
            verdicts.compactMap { verdict, count in
                if case .refused(let status, let text) = verdict { (count, status, text) } else { nil }
            }.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
        }
    }

    /// Ids a slice: what one call to Redis takes.
    private static let sliceLength = 200

    var queue: String
    var ids: [JobID] = []
    /// How many are in each state.
    var states: [JobState: Int] = [:]
    /// Redis time when the search of this queue began: a job that was enqueued later is none of these.
    var date: Date?

    /// Changes the jobs slice by slice with progress; Ctrl-C stops between two slices.
    ///
    /// - Returns: What became of each queue's jobs, and what ended the work before its end, if anything did: a failure
    ///   with status 130 that says how many were looked at, if it was stopped.
    static func work(
        _ batches: [JobBatch], _ client: StintClient, _ console: Console,
        act: @escaping @Sendable (Queue, [JobID], Date?) async throws -> [Verdict]
    ) async -> (outcomes: [Outcome], failure: (any Error)?) {
        let total = batches.reduce(0) { $0 + $1.ids.count }
        let progress = WorkProgress(total, on: console)
        return await Interruption.stoppable {
            var outcomes: [Outcome] = []
            var seen = 0
            do {
                for batch in batches {
                    let queue = try client.queue(batch.queue)
                    outcomes.append(Outcome(queue: batch.queue, matched: batch.ids.count))
                    for start in stride(from: 0, to: batch.ids.count, by: sliceLength) {
                        if Task.isCancelled {
                            throw CommandFailure.stopped(
                                "\(NumberText.grouped(seen)) of \(JobCount.text(total)) are done")
                        }
                        let slice = Array(batch.ids[start..<min(start + sliceLength, batch.ids.count)])
                        for verdict in try await act(queue, slice, batch.date) {
                            outcomes[outcomes.count - 1].verdicts[verdict, default: 0] += 1
                        }
                        seen += slice.count
                        progress.show(seen)
                    }
                }
                return (outcomes, nil)
            } catch {
                return (outcomes, error)
            }
        }
    }

    /// Says what was done and what was not.
    ///
    /// - Throws: What ended the work, with status 2 if some jobs were changed before; else a failure with status 2, or that
    ///   of the refusal if nothing was done.
    static func report(
        _ outcomes: [Outcome], endedBy failure: (any Error)?, done: String, _ change: ChangeOptions, on console: Console
    ) throws {
        for outcome in outcomes { tell(outcome, change, on: console) }
        let changed = outcomes.reduce(0) { $0 + $1.done }
        if changed > 0 { console.done("\(JobCount.text(changed)) \(done)") }
        if let failure {
            guard changed > 0, let failure = failure as? StintError else { throw failure }
            throw CommandFailure(
                .partlyDone, "only \(JobCount.text(changed)) \(done), then: \(failure.message)",
                hints: [.init("Go on with the rest:", Invocation.current.retyped())])
        }
        var all = Outcome(queue: "", matched: 0)
        for outcome in outcomes { all.verdicts.merge(outcome.verdicts, uniquingKeysWith: +) }
        let refusals = all.refusals
        guard let first = refusals.first else { return }
        throw CommandFailure(
            changed > 0 || refusals.count > 1 ? .partlyDone : first.status,
            "\(JobCount.text(refusals.reduce(0) { $0 + $1.count })) left as they were",
            details: refusals.map { "\(NumberText.grouped($0.count)): \($0.text)" })
    }

    private static func tell(_ outcome: Outcome, _ change: ChangeOptions, on console: Console) {
        let refusals = outcome.refusals
        let isWhole = refusals.isEmpty && outcome.done == outcome.matched
        change.tell(
            queue: outcome.queue, done: isWhole, reason: refusals.first?.text,
            [
                .init("matched", .integer(Int64(outcome.matched))), .init("changed", .integer(Int64(outcome.done))),
                .init("reasons", .object(refusals.map { .init($0.text, .integer(Int64($0.count))) })),
            ], on: console)
    }
}
