// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// One screen of `--watch`, which is painted over the one before.
///
/// A line that is wider than the terminal takes several rows, and a terminal that becomes narrower breaks the lines
/// that stand on it anew: so rows are counted by the width of now, also those of the screen before.
struct Repaint {
    /// The width of each line.
    let widths: [Int]
    private let lines: [String]
    private let columns: Int

    /// Takes the lines that fit on the terminal, and says how many do not.
    init(_ lines: [String], columns: Int?, rows: Int?, ellipsis: String) {
        let width = max(1, columns ?? .max)
        var lines = lines
        var widths = lines.map { TextWidth.columns(ofPainted: $0) }
        if let rows, rows > 2, Self.rows(widths, width) > rows - 1 {
            var count = 0
            var used = 0
            while count < lines.count, used + Self.rows([widths[count]], width) <= rows - 2 {
                used += Self.rows([widths[count]], width)
                count += 1
            }
            let note = TextWidth.cut(
                "\(ellipsis) \(NumberText.grouped(lines.count - count)) more lines", to: width, ellipsis: ellipsis)
            lines = lines.prefix(count) + [note]
            widths = widths.prefix(count) + [TextWidth.columns(of: note)]
        }
        (self.lines, self.widths, self.columns) = (lines, widths, width)
    }

    /// What to write where the cursor stands below a screen with lines of these widths.
    func text(over before: [Int]) -> String {
        let up = before.isEmpty ? "" : "\r\u{1B}[\(Self.rows(before, columns))A"
        // Each line is erased as it is written and the rest afterwards: erasing everything first would flicker.
        let body = zip(lines, widths).map { line, width in
            // Behind a full row the cursor still stands on its last column: erasing would take that.
            line + (width > 0 && width % columns == 0 ? "\n" : "\u{1B}[K\n")
        }
        return up + body.joined() + "\u{1B}[J"
    }

    private static func rows(_ widths: [Int], _ columns: Int) -> Int {
        widths.reduce(0) { $0 + max(1, ($1 - 1) / columns + 1) }
    }
}
