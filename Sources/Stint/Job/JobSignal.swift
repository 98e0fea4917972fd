// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Thrown by a handler to end its attempt in a way of its own choosing rather than as a failure.
public enum JobSignal: Error, Sendable, Hashable {
    /// The job can never succeed: it is dead at once, with this reason.
    case dead(reason: String)
    /// The attempt failed and is repeated after this time, whatever the policy says; dead when no attempt is left.
    case retry(after: Duration, reason: String = "retry asked for")
    /// Not now: the job comes back after this time, and the attempt is not counted.
    case snooze(Duration)
}
