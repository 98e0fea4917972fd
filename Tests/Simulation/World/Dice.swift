// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The random choices of a simulation, in words.
struct Dice: Sendable {
    let source: SplitMix64

    init(seed: UInt64) { source = SplitMix64(seed: seed) }

    /// A whole number below `bound`.
    func below(_ bound: Int) -> Int { Int(source.next() % UInt64(max(1, bound))) }

    func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// Whether something with this likelihood happens.
    func chance(_ likelihood: Double) -> Bool { Double(source.next() >> 11) / Double(1 << 53) < likelihood }

    func time(upTo limit: Duration) -> Duration {
        // Whole microseconds: what people can read in a history.
        .microseconds(Int64(limit / .microseconds(1) * Double(source.next() >> 11) / Double(1 << 53)))
    }

    func pick<Element>(_ elements: [Element]) -> Element? { elements.isEmpty ? nil : elements[below(elements.count)] }

    /// Chooses by weight.
    func pick<Element>(weighted elements: [(weight: Int, element: Element)]) -> Element {
        var ticket = below(elements.reduce(0) { $0 + $1.weight })
        for (weight, element) in elements {
            if ticket < weight { return element }
            ticket -= weight
        }
        return elements[0].element
    }
}
