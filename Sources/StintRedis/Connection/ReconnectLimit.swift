// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The longest that a connection waits before it is opened anew: 5 s, or less where somebody needs it back sooner, such as a
/// worker that holds leases.
///
/// Where it is less, an attempt to open one ends sooner as well: one that began before the network came back would last
/// longer than all waits. So that a slow link (TLS and the login take about five round trips) is not given up on each
/// time, an attempt that ran out of time lets the next one take twice as long, up to 2 s, until one has succeeded.
package final class ReconnectLimit: Sendable {
    private static let standard: Duration = .seconds(5)

    private static let longestAttempt: Duration = .seconds(2)

    private let state = Mutex((limit: ReconnectLimit.standard, attempt: Duration.milliseconds(500)))

    /// Begins with 5 s.
    package init() {}

    /// What it is now.
    package var current: Duration { state.withLock { $0.limit } }

    /// How long an attempt may take that was given `time`: twice the limit and at least 500 ms, more after attempts that
    /// ran out of time.
    func attempt(within time: Duration) -> Duration {
        state.withLock { $0.limit < Self.standard ? min(time, max($0.limit * 2, $0.attempt)) : time }
    }

    /// Notes that an attempt ran out of its time.
    func ranOut() {
        state.withLock { $0.attempt = min($0.attempt * 2, Self.longestAttempt) }
    }

    /// Notes that a connection was opened.
    func succeeded() {
        state.withLock { $0.attempt = .milliseconds(500) }
    }

    /// Lowers it, if it is higher.
    package func lower(to time: Duration) {
        state.withLock { $0.limit = min($0.limit, time) }
    }
}
