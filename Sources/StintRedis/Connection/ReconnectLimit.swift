// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The longest that a connection waits before it is opened anew: 5 s, or less where somebody needs it back sooner, such as a
/// worker that holds leases.
///
/// Where it is less, an attempt to open one ends sooner as well: one that began before the network came back would last
/// longer than all waits.
package final class ReconnectLimit: Sendable {
    private static let standard: Duration = .seconds(5)

    private let limit = Mutex(ReconnectLimit.standard)

    /// Begins with 5 s.
    package init() {}

    /// What it is now.
    package var current: Duration { limit.withLock { $0 } }

    /// How long an attempt may take that was given `time`: twice the limit and at least 500 ms, as TLS and the login need
    /// some round trips.
    func attempt(within time: Duration) -> Duration {
        let limit = current
        return limit < Self.standard ? min(time, max(limit * 2, .milliseconds(500))) : time
    }

    /// Lowers it, if it is higher.
    package func lower(to time: Duration) {
        limit.withLock { $0 = min($0, time) }
    }
}
