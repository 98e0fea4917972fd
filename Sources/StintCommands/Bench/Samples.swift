// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Measured times, with exact percentiles: they are few enough to be sorted.
package struct Samples: Sendable, Hashable {
    /// All of them, in order of size.
    package let sorted: [Duration]

    /// Takes times in any order.
    package init(_ times: [Duration]) { sorted = times.sorted() }

    /// How many there are.
    package var count: Int { sorted.count }

    /// The smallest time that is at least as large as this share of all; `nil` if there is none.
    ///
    /// - Parameter share: Above 0 and at most 1, such as 0.99.
    package func percentile(_ share: Double) -> Duration? {
        guard !sorted.isEmpty else { return nil }
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }
}
