// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Histogram
import Synchronization

/// Lengths of time that many tasks record.
final class SharedTimes: Sendable {
    private let state = Mutex((times: Histogram<UInt64>.nanoseconds, early: 0))

    /// All that were recorded.
    var times: Histogram<UInt64> { state.withLock { $0.times } }

    /// How many of them were below zero; they are recorded as zero.
    var early: Int { state.withLock { $0.early } }

    /// Records one and returns how many there are now.
    @discardableResult
    func record(_ time: Duration) -> Int {
        state.withLock { state in
            if time < .zero { state.early += 1 }
            state.times.record(UInt64(max(0, time / .nanoseconds(1))))
            return Int(state.times.totalCount)
        }
    }
}

extension Histogram where Count == UInt64 {
    /// For nanoseconds: three significant digits, any length.
    static var nanoseconds: Histogram<UInt64> { Histogram(numberOfSignificantValueDigits: .three) }
}
