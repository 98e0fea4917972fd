// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes numbers for people.
///
/// Programs get plain digits.
package enum NumberText {
    /// Groups digits by three: `184 302`.
    package static func grouped(_ number: some FixedWidthInteger) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(" ") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// Writes a number with exactly `decimals` digits after the point, its whole part grouped.
    package static func fixed(_ number: Double, decimals: Int) -> String {
        guard number.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (number.magnitude * scale).rounded()
        guard scaled < 9e15 else { return "\(number)" }
        let units = Int(scaled)
        let whole = grouped(units / Int(scale))
        let sign = number < 0 && units > 0 ? "-" : ""
        guard decimals > 0 else { return sign + whole }
        let fraction = String(units % Int(scale))
        return sign + whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// Writes a share: `57 %`; below 10 % one decimal tells 0.4 from 0.
    package static func percent(_ fraction: Double) -> String {
        let percent = fraction * 100
        return fixed(percent, decimals: percent.magnitude < 10 && percent != 0 ? 1 : 0) + " %"
    }

    /// Writes a rate per second: three significant digits below 100, whole numbers above.
    package static func rate(_ perSecond: Double) -> String {
        fixed(perSecond, decimals: perSecond.magnitude < 10 && perSecond != 0 ? 1 : 0)
    }

    /// Writes a size in bytes: `512 B`, `64 KB`, `1.1 GB` (powers of 1024).
    package static func bytes(_ count: some BinaryInteger) -> String {
        let units = ["B", "KB", "MB", "GB", "TB", "PB"]
        var value = Double(count)
        var unit = 0
        while value.magnitude >= 1023.5, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return fixed(value, decimals: unit > 0 && value.magnitude < 9.95 ? 1 : 0) + " " + units[unit]
    }
}
