// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The longest that a connection for commands waits before it is opened anew: 5 s, or less where somebody needs it back
/// sooner, such as a worker that holds leases.
package final class ReconnectLimit: Sendable {
    private let limit = Mutex(Duration.seconds(5))

    /// Begins with 5 s.
    package init() {}

    /// What it is now.
    package var current: Duration { limit.withLock { $0 } }

    /// Lowers it, if it is higher.
    package func lower(to time: Duration) {
        limit.withLock { $0 = min($0, time) }
    }
}
