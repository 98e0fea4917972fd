// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How one attempt ended, as a raw handler or a middleware says it.
public enum JobOutcome: Sendable, Hashable {
    /// The job is done; its result, if any, is kept as long as the job asked for.
    case completed(result: [UInt8]?)
    /// The attempt failed. The job is retried by its policy, or after `after` if given; dead when no attempt is left.
    case retry(after: Duration?, reason: String)
    /// The job can never succeed: it is dead at once.
    case dead(reason: String)
    /// Not now: the job comes back after a time, and the attempt is not counted.
    case snooze(Duration)
    /// The attempt's process died. Retried like a failure, and counted against the job's crash budget as well.
    case crashed(reason: String)

    /// The job is done and has no result.
    public static var completed: Self { .completed(result: nil) }
}
