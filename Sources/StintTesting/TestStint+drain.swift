// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import Stint

/// What running a test's queues until they were empty came to.
public struct DrainReport: Sendable, Hashable {
    /// Jobs that completed.
    public var completed = 0
    /// Attempts that failed.
    public var failed = 0
    /// Jobs that are dead.
    public var died = 0
    /// Jobs that ended as cancelled or expired.
    public var cancelled = 0
}

extension TestStint {
    /// Runs what is queued, and what that queues in turn, until nothing is ready, delayed or running.
    ///
    /// A delayed job, a snoozed one and one in back-off do not wait for their time: each is made ready as soon as nothing
    /// else is.
    ///
    /// - Parameters:
    ///   - queues: The queues to run; all there are if left out.
    ///   - slots: How many jobs run at a time; one runs them in order.
    ///   - limit: The longest that it may take.
    ///   - handlers: What runs the jobs. A job whose name none of them takes is dead at once, with that reason.
    /// - Returns: What became of the jobs that ended meanwhile.
    /// - Throws: ``StintError`` with code `timedOut`.
    @discardableResult
    public func drain(
        queues: [String]? = nil, slots: Int = 4, within limit: Duration = .seconds(30),
        @HandleBuilder handlers: () -> [Handle]
    ) async throws -> DrainReport {
        var names = queues ?? []
        if queues == nil { names = try await inspector.queueNames() }
        guard !names.isEmpty else { return DrainReport() }
        let before = try await statuses(names)
        var options = WorkerOptions()
        options.drainTime = limit
        let worker = try Worker(
            client, queues: names.map { Worker.Queue($0) }, slots: slots, options: options,
            handlers: {
                handlers()
                Handle(raw: "*") { _, context in
                    throw JobSignal.dead(reason: "The test has no handler for '\(context.name)'.")
                }
            })
        let running = Task { try await worker.run() }
        let isEmpty: Bool
        do {
            isEmpty = try await eventually(within: limit) { try await hurry(names) }
        } catch {
            worker.handBack()
            _ = await running.result
            throw error
        }
        if isEmpty { worker.drain() } else { worker.handBack() }
        try await running.value
        guard isEmpty else { throw StintError(.timedOut, "The queues are not empty after \(limit).") }
        let after = try await statuses(names)
        return zip(before, after).reduce(into: DrainReport()) { report, pair in
            let (old, new) = (pair.0.totals, pair.1.totals)
            report.completed += new.completed - old.completed
            report.failed += new.failed - old.failed
            report.died += new.died - old.died
            report.cancelled += new.cancelled - old.cancelled + new.expired - old.expired
        }
    }

    private func statuses(_ names: [String]) async throws -> [QueueStatus] {
        var statuses: [QueueStatus] = []
        for name in names { statuses.append(try await inspector.queue(name)) }
        return statuses
    }

    /// Makes delayed jobs ready where nothing else is left, and says whether nothing is left at all.
    private func hurry(_ names: [String]) async throws -> Bool {
        var isEmpty = true
        for status in try await statuses(names) where status.ready + status.running + status.delayed > 0 {
            isEmpty = false
            guard status.ready + status.running == 0 else { continue }
            let waiting = try await inspector.jobs(queue: status.name, state: .delayed, limit: 100)
            try await client.queue(status.name).promote(waiting.jobs.map(\.id))
        }
        return isEmpty
    }
}
