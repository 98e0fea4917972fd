// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// Everything that can be said about how one job runs.
///
/// Every property is optional: what `enqueue` is not told, the job type's ``Job/defaults`` say, and what these do not
/// say either has the default given here.
public struct JobOptions: Sendable, Hashable {
    /// The queue to go to; `default` unless given.
    ///
    /// At most 64 bytes of `a`–`z`, `0`–`9`, `.`, `_`, `-`.
    public var queue: String?
    /// What is claimed first within the queue; ``JobPriority/normal`` unless given.
    public var priority: JobPriority?
    /// How long to wait before the job becomes ready, measured by the Redis server's clock.
    ///
    /// Not together with `runAt`.
    public var delay: Duration?
    /// When the job becomes ready.
    ///
    /// Not together with `delay`.
    public var runAt: Date?
    /// An id of the caller's own: enqueuing it again adds nothing while the job's record or its `window` lasts.
    public var id: JobID?
    /// A key that at most one job of the queue holds from its enqueue to its end.
    public var unique: UniqueKey?
    /// How long `id` and `unique` stay taken after the job's end; zero unless given.
    public var window: Duration?
    /// How failures are retried, and how often; ``RetryPolicy/standard`` unless given.
    public var retry: RetryPolicy?
    /// The longest one attempt may take; no bound unless given.
    ///
    /// An attempt over it fails and is retried by policy.
    public var timeout: Duration?
    /// Cancels the job if it was not started this long after its enqueue; never unless given.
    public var expiresAfter: Duration?
    /// How long the record and result are kept after the end; not at all unless given (60 s for an awaited job).
    public var keep: Duration?
    /// Lets a caller wait for the end with ``StintClient/result(of:timeout:)`` from the very start.
    public var isAwaited: Bool?
    /// Short texts to find the job by: at most 16, each key and value at most 128 bytes.
    public var tags: [String: String]?
    /// What must have the job before `enqueue` returns; ``Durability/local`` unless given.
    ///
    /// The receipt's ``EnqueueReceipt/confirmation`` says what was reached.
    public var durability: Durability?

    /// Creates options; what is left out falls back to the job type's defaults, then to the documented defaults.
    public init(
        queue: String? = nil, priority: JobPriority? = nil, delay: Duration? = nil, runAt: Date? = nil,
        id: JobID? = nil, unique: UniqueKey? = nil, window: Duration? = nil, retry: RetryPolicy? = nil,
        timeout: Duration? = nil, expiresAfter: Duration? = nil, keep: Duration? = nil, isAwaited: Bool? = nil,
        tags: [String: String]? = nil, durability: Durability? = nil
    ) {
        self.queue = queue
        self.priority = priority
        self.delay = delay
        self.runAt = runAt
        self.id = id
        self.unique = unique
        self.window = window
        self.retry = retry
        self.timeout = timeout
        self.expiresAfter = expiresAfter
        self.keep = keep
        self.isAwaited = isAwaited
        self.tags = tags
        self.durability = durability
    }

    /// Returns these options with every gap filled from `defaults`; tags of both are joined, these win.
    ///
    /// A `delay` or `runAt` given here replaces either of the defaults.
    public func filled(from defaults: JobOptions) -> JobOptions {
        var options = self
        options.queue = queue ?? defaults.queue
        options.priority = priority ?? defaults.priority
        if delay == nil && runAt == nil {
            options.delay = defaults.delay
            options.runAt = defaults.runAt
        }
        options.id = id ?? defaults.id
        options.unique = unique ?? defaults.unique
        options.window = window ?? defaults.window
        options.retry = retry ?? defaults.retry
        options.timeout = timeout ?? defaults.timeout
        options.expiresAfter = expiresAfter ?? defaults.expiresAfter
        options.keep = keep ?? defaults.keep
        options.isAwaited = isAwaited ?? defaults.isAwaited
        options.durability = durability ?? defaults.durability
        if let shared = defaults.tags { options.tags = shared.merging(tags ?? [:]) { _, own in own } }
        return options
    }
}
