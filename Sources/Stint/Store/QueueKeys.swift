// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Names every Redis key that belongs to one queue.
///
/// All keys of a queue share the hash tag `{namespace:queue}`, so a script may touch them together on a Redis Cluster.
/// The names are made once, here: a queue's keys are sent with every call.
package struct QueueKeys: Hashable, Sendable {
    /// The hash-tagged prefix, such as `{stint:mail}`.
    package let prefix: String
    /// Hash of all job records, by id.
    package let jobs: String
    /// Hash of payloads and results over 512 bytes, by id and by id with `:r`.
    package let big: String
    /// Lists of ready ids, one for each priority, the most urgent first.
    package let ready: [String]
    /// Sorted set of delayed ids, scored by the time they are due.
    package let delayed: String
    /// Sorted set of leases, `id:fence:node`, scored by expiry in milliseconds.
    package let leases: String
    /// Sorted set of ids that gave up, scored by time of death.
    package let dead: String
    /// Sorted set of ended ids that are kept, scored by when to drop them.
    package let kept: String
    /// Sorted set, a bounded look back at ended ids that are not kept.
    package let recent: String
    /// Hash of the last errors, by id.
    package let errors: String
    /// Hash of unique keys to the ids that hold them.
    package let unique: String
    /// Hash of running ids that are to be cancelled.
    package let cancelling: String
    /// Hash of the queue's counters and settings.
    package let meta: String
    /// Sorted set with one member: the hint that wakes an idle worker.
    package let wake: String
    /// Hash of the last progress, by id.
    package let progress: String
    /// The channel on which the end of an awaited job is published.
    package let ended: String

    /// Names the keys of `queue` in `namespace`.
    package init(namespace: String = "stint", queue: String) {
        let prefix = "{\(namespace):\(queue)}"
        self.prefix = prefix
        jobs = "\(prefix):jobs"
        big = "\(prefix):big"
        ready = (0..<4).map { "\(prefix):ready:\($0)" }
        delayed = "\(prefix):delayed"
        leases = "\(prefix):leases"
        dead = "\(prefix):dead"
        kept = "\(prefix):kept"
        recent = "\(prefix):recent"
        errors = "\(prefix):errors"
        unique = "\(prefix):unique"
        cancelling = "\(prefix):cancelling"
        meta = "\(prefix):meta"
        wake = "\(prefix):wake"
        progress = "\(prefix):progress"
        ended = "\(prefix):ended"
    }

    /// What matches ``ended`` of every queue of a namespace.
    static func endedPattern(_ namespace: String) -> String { "{\(namespace):*}:ended" }

    /// The list of ready ids of one priority, 0 to 3.
    package func ready(_ priority: Int) -> String { "\(prefix):ready:\(priority)" }

    /// The last call number and short reply of a caller's lane.
    package func lane(_ name: String) -> String { "\(prefix):lane:\(name)" }

    /// The log of one job.
    package func log(_ id: String) -> String { "\(prefix):log:\(id)" }
}
