// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Reads and writes lengths of time as people type them: `500ms`, `5m`, `1h30m`, `2d`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
    /// A hundred years: what is longer is a typing error, and sums of such times cannot overflow.
    private static let longest: Int64 = 36_525 * 86_400_000

    /// Reads numbers with units, the larger unit first; a number may have a fraction, and `0` needs no unit.
    package static func parse(_ text: String) throws(ParseFailure) -> Duration {
        if text == "0" { return .zero }
        let failure = ParseFailure("'\(text)' is not a length of time: write 500ms, 30s, 5m, 1h30m or 2d")
        var rest = text.utf8[...]
        var total: Int64 = 0
        var nextUnit = units.startIndex
        while !rest.isEmpty {
            let number = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
            rest = rest[number.endIndex...]
            let name = rest.prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
            rest = rest[name.endIndex...]
            guard let index = units[nextUnit...].firstIndex(where: { $0.name.utf8.elementsEqual(name) }),
                let part = milliseconds(number, of: units[index].milliseconds)
            else { throw failure }
            total += part
            guard total <= longest else { throw ParseFailure("'\(text)' is longer than 100 years") }
            nextUnit = index + 1
        }
        guard !text.isEmpty else { throw failure }
        return .milliseconds(total)
    }

    /// Writes a duration so that ``parse(_:)`` reads it: `1h30m`, `1.5s`, `0s`; below a millisecond is cut off.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return rest == 0 ? "0s" : "-" + format(.zero - duration) }
        var text = ""
        for unit in units.dropFirst() {
            let count = rest / unit.milliseconds
            rest -= count * unit.milliseconds
            if count > 0 { text += "\(count)\(unit.name)" }
        }
        return text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func milliseconds(_ number: Substring.UTF8View, of unit: Int64) -> Int64? {
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(Substring(parts[0])), whole <= longest / unit else {
            return nil
        }
        guard parts.count == 2 else { return whole * unit }
        guard (1...9).contains(parts[1].count), let fraction = Int64(Substring(parts[1])) else { return nil }
        let scale = (0..<parts[1].count).reduce(Int64(1)) { scale, _ in scale * 10 }
        return whole * unit + fraction * unit / scale
    }
}
