// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How many attempts a job has: a number, or no bound.
package enum AttemptCount: Sendable, Hashable, CustomStringConvertible {
    case bounded(Int)
    case unlimited

    /// Reads `1` to `65535`, or `unlimited`.
    package init(_ text: String) throws(ParseFailure) {
        if text == "unlimited" {
            self = .unlimited
        } else if let count = Int(text), (1...65535).contains(count) {
            self = .bounded(count)
        } else {
            throw ParseFailure("'\(text)' is not a number of attempts: write 1 to 65535, or unlimited")
        }
    }

    /// The count; `nil` for no bound.
    package var count: Int? {
        switch self {
        case .bounded(let count): count
        case .unlimited: nil
        }
    }

    package var description: String { count.map(String.init) ?? "unlimited" }
}
