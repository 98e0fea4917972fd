// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps back what the library logs while it is open whether somebody else will tell it.
///
/// A command that cannot connect says why and what to do: the library's line about the same would be a second error.
package final class LogHold: Sendable {
    private let state = Mutex<[@Sendable () -> Void]?>([])

    /// Begins to hold.
    package init() {}

    /// Keeps what is to be told until ``end()``; false where nothing is held any more.
    package func keep(_ tell: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { held in
            held?.append(tell)
            return held != nil
        }
    }

    /// Ends it and tells what was kept; without it nobody hears of that.
    package func end() {
        let held = state.withLock { held in
            defer { held = nil }
            return held
        }
        for tell in held ?? [] { tell() }
    }
}
