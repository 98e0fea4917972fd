// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a queue.
///
/// ``LiveAudit`` finds them, ``Queue/repair(_:)`` mends those that can be mended without losing a job.
public struct AuditFinding: Sendable, Hashable, Codable {
    /// What is wrong; the raw values are stable names.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A record cannot be read.
        case damaged
        /// A job is not in the index that its state names.
        case unindexed
        /// A job has another time in its index than in its record.
        case score
        /// A ready job is not in its list, so no worker would claim it.
        case missing
        /// A running job has no lease, so no reaper would return it.
        case unleased
        /// An index or a hash beside it has an entry that no record announces.
        case stray
        /// A list's tombstones are not as many as are counted.
        case tombs
        /// A payload that is stored by itself is gone or has another length.
        case payload
        /// A result that is stored by itself is gone.
        case result
        /// What a record announces in `errors`, `progress` or `cancelling` is not there.
        case unnoted
        /// A job that does not run is marked as to be cancelled.
        case flagged
        /// A caller's lane has no time limit, or cannot be read.
        case lane
        /// A fence is above the queue's last.
        case fence
        /// A record has a time that is still to come for Redis.
        case future
        /// A lease has long run out and nobody returned its job, although workers look.
        case overdue
        /// A job counts attempts or crashes that it cannot have had.
        case miscounted
        /// A job does not hold its unique key.
        case unheld
        /// A key under the queue's tag is none of Stint's.
        case foreign
        /// A lease lies further ahead than leases last.
        case ahead
        /// Reaping is on hold for longer than a lease.
        case hold
        /// The last look lies in the future.
        case look
        /// A key has a type that its scripts cannot use.
        case type
        /// A counter or setting is no number.
        case number
        /// There are keys of a queue that is not in the list of queues.
        case unlisted
    }

    /// What is wrong.
    public let kind: Kind
    /// The queue.
    public let queue: String
    /// The job that it is about; `nil` where it is about none.
    public let job: JobID?
    /// Where: an index, a field, a unique key, a lease, a list, a time, as the kind has it.
    package let first: String
    /// What was found there.
    package let second: String

    package init(_ kind: Kind, queue: String, job: JobID? = nil, _ first: String = "", _ second: String = "") {
        self.kind = kind
        self.queue = queue
        self.job = job
        self.first = first
        self.second = second
    }
}

/// What became of a finding that was to be mended.
public enum AuditRepair: String, Sendable, Hashable, Codable {
    /// It was mended.
    case mended
    /// Nothing is wrong any more; nothing was done.
    case sound
    /// The queue changed meanwhile, so that it must be audited again; nothing was done.
    case changed
    /// It cannot be mended without losing something; nothing was done.
    case refused
}
