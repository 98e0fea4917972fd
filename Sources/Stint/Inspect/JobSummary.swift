// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// One job as a list shows it.
public struct JobSummary: Sendable, Hashable, Codable {
    /// The job's id.
    public let id: JobID
    /// Its queue.
    public let queue: String
    /// Its name.
    public let name: String
    /// Its state.
    public let state: JobState
    /// Its priority.
    public let priority: JobPriority
    /// Runs so far, the present one included.
    public let attempt: Int
    /// The most attempts; `nil` for no bound.
    public let maxAttempts: Int?
    /// How often its worker died or lost its lease.
    public let crashes: Int
    /// How often it was handed back with its attempt unused.
    public let returns: Int
    /// When it was enqueued.
    public let enqueuedAt: Date
    /// Delayed: when it is due.
    ///
    /// Ready: since when. Running: when it was claimed. Ended: when.
    public let date: Date
    /// The node that runs it, or ran it last.
    public let node: String?
    /// Why it is dead or was cancelled.
    public let reason: String?
    /// The unique key that it holds.
    public let uniqueKey: String?
    /// Its tags.
    public let tags: [String: String]
    /// Whether somebody awaits its end.
    public let isAwaited: Bool
    /// Whether it runs and was told to stop.
    public let isToBeCancelled: Bool
    /// The length of its payload, as it is stored.
    public let payloadBytes: Int
    /// Whether payload, result and texts are sealed; then ``uniqueKey`` is a digest.
    public let isSealed: Bool

    package init(id: JobID, queue: String, record: JobRecord) {
        self.id = id
        self.queue = queue
        name = record.name
        state = record.state
        priority = record.priority
        attempt = record.attempt
        maxAttempts = record.maxAttempts == 0 ? nil : record.maxAttempts
        crashes = record.crashes
        returns = record.returns
        enqueuedAt = .redis(record.enqueuedMilliseconds)
        date = .redis(record.atMilliseconds)
        node = record.fence == 0 ? nil : record.node
        reason = record.reason
        uniqueKey = record.uniqueKey
        tags = record.tags
        isAwaited = record.flags.contains(.awaited)
        isToBeCancelled = record.flags.contains(.toBeCancelled)
        payloadBytes = record.payload?.count ?? record.bigPayloadLength
        isSealed = record.flags.contains(.sealed)
    }
}
