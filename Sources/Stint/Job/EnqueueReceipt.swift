// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What became of one enqueued job.
public struct EnqueueReceipt: Sendable, Hashable {
    /// The possible answers.
    public enum Outcome: String, Sendable, Hashable, Codable {
        /// The job is new and was accepted.
        case enqueued
        /// A job with this id, or the holder of the unique key, was there already; nothing was added.
        case existing
        /// The waiting job that held the unique key now carries this job's data.
        case replaced
        /// The unique key is held and its policy refuses a second job. Only `enqueue(contentsOf:)` returns this;
        /// a single `enqueue` throws ``StintError/Code/duplicateJob``.
        case rejected
        /// The queue has reached its depth limit. Only `enqueue(contentsOf:)` returns this; a single `enqueue` throws
        /// ``StintError/Code/queueFull``.
        case queueFull
    }

    /// What has the job, beyond the memory of the server that accepted it.
    public enum Confirmation: Sendable, Hashable {
        /// Nothing more was asked for, or nothing was added: ``Durability/local``.
        case local
        /// So many replicas have it, at least as many as were asked for.
        case replicated(Int)
        /// It is on the disk of the server that accepted it.
        case fsynced
        /// What was asked for was not confirmed in time: `replicas` have it for sure, and maybe more by now.
        ///
        /// The job is accepted all the same, and may run.
        case unconfirmed(replicas: Int, reason: String)
    }

    /// The id of the job that answers for the request: the new one, or the one that was there already.
    public let id: JobID
    /// The queue that holds the job.
    public let queue: String
    /// What happened.
    public let outcome: Outcome
    /// Whether the durability that was asked for was reached.
    public internal(set) var confirmation = Confirmation.local

    /// Whether nothing was done since the payload is sealed for another job than this one, which is to carry it.
    var isSealedForAnother = false

    /// Whether this call added the job.
    public var isNew: Bool { outcome == .enqueued }

    /// Whether the durability that was asked for was confirmed; true where none was.
    public var isConfirmed: Bool {
        if case .unconfirmed = confirmation { return false }
        return true
    }

    package init(id: JobID, queue: String, outcome: Outcome) {
        self.id = id
        self.queue = queue
        self.outcome = outcome
    }
}
