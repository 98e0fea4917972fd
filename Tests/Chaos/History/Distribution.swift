// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Values in order, to read shares off.
struct Distribution: Sendable, Codable {
    let count: Int
    let p50: Int64
    let p99: Int64
    let max: Int64

    init(_ values: [Int64]) {
        let sorted = values.sorted()
        count = sorted.count
        func at(_ share: Double) -> Int64 {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.down)))]
        }
        (p50, p99, max) = (at(0.5), at(0.99), sorted.last ?? 0)
    }

    /// Such as `12 / 340 / 1200 ms`, from nanoseconds.
    var milliseconds: String {
        count == 0 ? "none" : "\(p50 / 1_000_000) / \(p99 / 1_000_000) / \(max / 1_000_000) ms"
    }
}
