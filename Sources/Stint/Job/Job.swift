// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Describes one kind of work: its data, its stable name, and the options it runs with unless a caller says otherwise.
///
/// A job type is data only. It is encoded as JSON when it is enqueued and decoded again in whichever process claims it,
/// possibly one of another release: add fields as optionals, and give a changed meaning a new ``name``.
///
/// A job runs **at least once**. A worker that crashes or loses its lease in the middle of a job does not keep the job
/// from running again, so make effects idempotent, with ``JobContext/idempotencyKey`` for instance.
public protocol Job: Codable, Sendable {
    /// The stable name that ties queued data to this type: at most 128 bytes, no control characters.
    static var name: String { get }

    /// The options of every job of this type; what a caller passes to `enqueue` goes before them.
    static var defaults: JobOptions { get }
}

extension Job {
    /// No options of its own.
    public static var defaults: JobOptions { JobOptions() }
}
