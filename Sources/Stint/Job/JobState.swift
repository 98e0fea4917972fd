// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The state of a job.
///
/// A job is in exactly one state, the one that its record's header names.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Waits for its time: enqueued for later, snoozed, or in back-off before another attempt.
    case delayed
    /// Waits for a worker.
    case ready
    /// A worker holds its lease.
    case running
    /// Its handler ended well.
    case completed
    /// Gave up: kept until retried or purged, bounded by age and count.
    case dead
    /// Was cancelled, or was not started before it expired.
    case cancelled

    /// Whether the job will never run again by itself.
    public var isFinal: Bool { self == .completed || self == .dead || self == .cancelled }
}
