// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps what the library logs from being told while somebody else tells it.
///
/// A command that cannot connect says why and what to do: the library's line about the same would be a second error.
package final class LogHold: Sendable {
    private let state = Mutex(true)

    /// Begins to hold.
    package init() {}

    /// Whether nothing is told.
    package var isHeld: Bool { state.withLock { $0 } }

    /// Ends it.
    package func end() { state.withLock { $0 = false } }
}
