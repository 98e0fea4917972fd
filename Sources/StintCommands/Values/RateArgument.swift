// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number in a time: `1000/s`, `90/m`, `5000/h`.
package struct RateArgument: Sendable, Hashable {
    /// How many in a second.
    package let perSecond: Double

    /// Reads a rate: `@Option(transform: RateArgument.parse)`.
    package static func parse(_ text: String) throws -> RateArgument {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units = ["s": 1.0, "m": 60, "h": 3_600]
        guard parts.count == 2, let number = Double(parts[0]), number > 0, number <= 1e9,
            let unit = units[String(parts[1])]
        else { throw ValidationError("'\(text)' is no rate; write 1000/s, 90/m or 5000/h") }
        return RateArgument(perSecond: number / unit)
    }
}
