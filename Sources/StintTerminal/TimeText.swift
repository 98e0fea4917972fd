// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes lengths of time for people, always with units.
package enum TimeText {
    /// Writes a length with the two largest units that matter: `361ms`, `6.2s`, `27s`, `6m 02s`, `3h 27m`, `2d 4h`.
    package static func length(_ duration: Duration) -> String {
        let milliseconds = Self.milliseconds(duration)
        let sign = milliseconds < 0 ? "-" : ""
        let size = milliseconds.magnitude
        if size < 1_000 { return "\(sign)\(size)ms" }
        // 9 960 ms would round to 10.0 s, which the next row writes without a decimal.
        if size < 9_950 { return sign + NumberText.fixed(Double(size) / 1_000, decimals: 1) + "s" }
        let seconds = (size + 500) / 1_000
        if seconds < 60 { return "\(sign)\(seconds)s" }
        if seconds < 3_600 { return "\(sign)\(seconds / 60)m" + rest(seconds % 60, " \(two(seconds % 60))s") }
        if seconds < 86_400 {
            let minutes = seconds % 3_600 / 60
            return "\(sign)\(seconds / 3_600)h" + rest(minutes, " \(two(minutes))m")
        }
        let hours = seconds % 86_400 / 3_600
        return "\(sign)\(seconds / 86_400)d" + rest(hours, " \(hours)h")
    }

    /// The smaller unit, where there is anything of it.
    private static func rest(_ count: UInt64, _ text: String) -> String { count == 0 ? "" : text }

    /// Writes a length with one unit, for narrow columns: `6m`, `2h`, `3d`.
    package static func short(_ duration: Duration) -> String {
        let milliseconds = Self.milliseconds(duration)
        let sign = milliseconds < 0 ? "-" : ""
        let size = milliseconds.magnitude
        if size < 1_000 { return "\(sign)\(size)ms" }
        let seconds = size / 1_000
        if seconds < 60 { return "\(sign)\(seconds)s" }
        if seconds < 3_600 { return "\(sign)\(seconds / 60)m" }
        if seconds < 86_400 { return "\(sign)\(seconds / 3_600)h" }
        return "\(sign)\(seconds / 86_400)d"
    }

    /// Writes how far away an instant is: `2h ago`, `in 5m`, `now`.
    ///
    /// - Parameter offset: From now to the instant; negative for the past.
    package static func relative(_ offset: Duration) -> String {
        let milliseconds = Self.milliseconds(offset)
        if milliseconds.magnitude < 1_000 { return "now" }
        let size = short(.milliseconds(Int64(clamping: milliseconds.magnitude)))
        return milliseconds < 0 ? "\(size) ago" : "in \(size)"
    }

    /// A duration in whole milliseconds, clamped to what fits.
    static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? .min + 1 : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }

    private static func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
