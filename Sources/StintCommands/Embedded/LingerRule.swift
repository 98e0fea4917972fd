// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides when a server that nobody uses is stopped.
///
/// Holds no clock.
struct LingerRule {
    /// How long the server stays without clients.
    let linger: Duration
    private var idleSince: Duration?

    /// Creates a rule.
    init(linger: Duration) { self.linger = linger }

    /// Takes a look at the number of clients, the supervisor's own connection not counted.
    ///
    /// - Parameter now: A monotonic time.
    /// - Returns: Whether the server has been without clients for long enough.
    mutating func shouldStop(clients: Int, now: Duration) -> Bool {
        guard clients <= 0 else {
            idleSince = nil
            return false
        }
        let start = idleSince ?? now
        idleSince = start
        return now - start >= linger
    }
}
