// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Draws how far something is, in eighths of a column, or in whole columns of ASCII.
package struct ProgressBar: Sendable, Hashable {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// Columns between the two edges.
    package var width: Int

    /// Creates a bar.
    package init(width: Int = 40) { self.width = max(1, width) }

    /// Draws the bar with its edges; fractions outside 0…1 are clamped.
    package func text(_ fraction: Double, style: Style) -> String {
        let fraction = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        guard style.usesUnicode else {
            let full = Int(fraction * Double(width))
            let tip = full < width && full > 0 ? ">" : ""
            let done = String(repeating: "=", count: full - tip.count) + tip
            return "[" + TextWidth.pad(done, to: width) + "]"
        }
        return "▕" + TextWidth.pad(blocks(fraction), to: width) + "▏"
    }

    /// Draws only the filled part, as table cells use it.
    package func blocks(_ fraction: Double) -> String {
        let fraction = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        let units = Int(fraction * Double(width * 8))
        return String(repeating: "█", count: units / 8) + Self.eighths[units % 8]
    }
}
