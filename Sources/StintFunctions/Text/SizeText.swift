// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Reads and writes numbers of bytes as people type them: `64KB`, `512MB`, `1GiB`.
package enum SizeText {
    private static let units = ["": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]

    /// Reads a whole number and a unit.
    ///
    /// A kilobyte has 1,024 bytes, however it is spelled.
    package static func parse(_ text: String) throws(ParseFailure) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        var unit = text.dropFirst(digits.count).lowercased()[...]
        if unit.hasPrefix(" ") { unit.removeFirst() }
        if unit.count == 3, unit.hasSuffix("ib") {
            unit.removeLast(2)
        } else if unit.count == 2, unit.hasSuffix("b") {
            unit.removeLast()
        }
        guard let count = Int(digits), let factor = units[String(unit)] else {
            throw ParseFailure("'\(text)' is not a size: write 65536, 64KB, 512MB or 1GB")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw ParseFailure("'\(text)' is too large") }
        return bytes
    }

    /// Writes a size so that ``parse(_:)`` reads it, in the largest unit that needs no fraction.
    package static func format(_ bytes: Int) -> String {
        for (shift, unit) in [(40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")]
        where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)B"
    }
}
