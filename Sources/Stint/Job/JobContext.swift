// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
public import Logging

/// What a running handler knows of its job, and what it can do with it.
public struct JobContext: Sendable {
    /// The queue that the job was claimed from.
    public let queue: String
    /// When this attempt times out by this machine's clock; `nil` if it has no timeout.
    public let deadline: Date?
    /// The id of the worker process that runs the job.
    public let node: String

    private let job: ClaimedJob
    private let workerLogger: Logger
    private let control: any JobControl

    package init(
        _ job: ClaimedJob, queue: String, deadline: Date?, node: String, logger: Logger, control: any JobControl
    ) {
        self.job = job
        self.queue = queue
        self.deadline = deadline
        self.node = node
        workerLogger = logger
        self.control = control
    }

    /// The job's id.
    public var id: JobID { job.id }
    /// The job's name.
    public var name: String { job.record.name }
    /// Which run of the job this is, counted from 1.
    public var attempt: Int { job.record.attempt }
    /// How many attempts the job has in all; `nil` if there is no bound.
    public var maxAttempts: Int? { job.record.maxAttempts == 0 ? nil : job.record.maxAttempts }
    /// The token of this lease: an integer that only grows from one claim of the job to the next.
    ///
    /// Hand it to systems of your own that can compare it, and let them refuse a lower one than they have seen: that
    /// keeps a worker that was paused past its lease from undoing what its successor did.
    public var fence: Int64 { job.record.fence }
    /// When the job was enqueued, by the Redis server's clock.
    public var enqueuedAt: Date { .redis(job.record.enqueuedMilliseconds) }
    /// The tags given at enqueue.
    public var tags: [String: String] { job.record.tags }
    /// The trace context that the job was enqueued with, as the instrument wrote it.
    package var traceContext: [String: String] { job.record.traceContext }

    /// Carries the job's id, name, queue and attempt as metadata.
    ///
    /// Made when it is first asked for: a handler that logs nothing does not pay for it.
    public var logger: Logger {
        control.logger {
            var logger = workerLogger
            logger[metadataKey: "job.id"] = "\(job.id.description.visible)"
            logger[metadataKey: "job.name"] = "\(job.name.visible)"
            logger[metadataKey: "job.attempt"] = "\(attempt)"
            logger[metadataKey: "stint.queue"] = "\(queue)"
            return logger
        }
    }

    /// The same text in every attempt of this job and in no other job: give it to payment providers and the like.
    public var idempotencyKey: String { "\(queue)/\(id)" }

    /// Says how far the job is.
    ///
    /// Never waits: the newest value is written soon, under this attempt's lease.
    ///
    /// - Parameters:
    ///   - fraction: From 0 to 1; values outside are clamped, and no number (0 of 0) counts as 0.
    ///   - note: A short text for people, at most 1 KiB.
    public func setProgress(_ fraction: Double, note: String? = nil) {
        control.setProgress(fraction.isNaN ? 0 : min(max(fraction, 0), 1), note: note)
    }

    /// Appends a line to the job's log.
    ///
    /// Never waits; the newest 1,000 lines are kept for a day.
    public func log(_ line: String) { control.log(line) }

    /// Throws if this attempt is known to have lost its lease, cannot be sure to hold it, or is to be cancelled.
    ///
    /// Call it before an effect that must not happen twice. It asks nobody: it compares the last renewal that Redis
    /// confirmed with the lease's length, so it narrows the window and does not close it; ``fence`` does.
    ///
    /// - Throws: ``StintError`` with code `leaseLost`, or `CancellationError`.
    public func checkLease() throws { try control.checkLease() }
}

/// The worker's side of a ``JobContext``.
package protocol JobControl: Sendable {
    func setProgress(_ fraction: Double, note: String?)
    func log(_ line: String)
    func checkLease() throws
    /// Returns the logger that was made for this attempt, or makes it.
    func logger(_ make: () -> Logger) -> Logger
}

extension JobControl {
    package func logger(_ make: () -> Logger) -> Logger { make() }
}
