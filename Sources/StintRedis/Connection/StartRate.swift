// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Spreads what must not all happen at once: so many a second, and as many at once after a rest.
///
/// Holds no clock.
struct StartRate {
    private let interval: Duration
    private let burst: Int
    private var next: Duration = .zero

    init(perSecond: Int) {
        interval = .seconds(1) / perSecond
        burst = perSecond
    }

    /// Takes the next turn and returns how long it is until then.
    mutating func delay(now: Duration) -> Duration {
        let turn = max(next, now - interval * (burst - 1))
        next = turn + interval
        return max(.zero, turn - now)
    }
}
