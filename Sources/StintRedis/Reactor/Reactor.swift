// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A single-threaded loop with a monotonic clock: the event loop in production, a stepped one in simulation.
package protocol Reactor: Sendable {
    /// The monotonic time since an arbitrary start.
    var now: Duration { get }

    /// Whether the calling thread is inside the loop right now.
    var isCurrent: Bool { get }

    /// Runs `body` on the loop, after everything that was handed over before.
    func execute(_ body: @escaping @Sendable () -> Void)

    /// Runs `body` on the loop once `delay` has passed, unless the returned timer is cancelled before.
    @discardableResult
    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ReactorTimer
}
