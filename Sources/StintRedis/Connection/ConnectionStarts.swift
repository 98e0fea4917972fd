// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bounds how fast a process opens connections, whatever it has lost at once.
///
/// A back-off spreads the attempts of one connection, this those of all of them together.
package final class ConnectionStarts: Sendable {
    /// That of this process: 50 a second.
    package static let shared = ConnectionStarts(perSecond: 50)

    private let rate: Mutex<StartRate>

    /// Makes a bound of its own.
    package init(perSecond: Int) {
        rate = Mutex(StartRate(perSecond: perSecond))
    }

    /// Takes a turn and returns how long to wait for it.
    func delay(now: Duration) -> Duration {
        rate.withLock { $0.delay(now: now) }
    }
}
