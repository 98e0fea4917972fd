// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Lays rows out in aligned columns, cut to the width of the terminal.
package struct Table: Sendable {
    /// How one column is laid out.
    package struct Column: Sendable, Hashable {
        /// What stands above the column.
        package var title: String
        /// Where a cell stands inside the column.
        package var alignment: TextWidth.Alignment
        /// Narrower than this the column is never made.
        package var minimumWidth: Int
        /// Whether the column gives up width when the terminal is too narrow.
        package var isFlexible: Bool

        /// Creates a column.
        package init(
            _ title: String, alignment: TextWidth.Alignment = .left, minimumWidth: Int = 4, isFlexible: Bool = false
        ) {
            self.title = title
            self.alignment = alignment
            self.minimumWidth = minimumWidth
            self.isFlexible = isFlexible
        }
    }

    /// One cell: text, which the table sanitizes, and a colour.
    package struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The text as it came.
        package var text: String
        /// The colour it is painted in.
        package var color: Style.Color?

        /// Creates a cell.
        package init(_ text: String, _ color: Style.Color? = nil) {
            self.text = text
            self.color = color
        }

        /// Creates a cell without a colour.
        package init(stringLiteral value: String) { self.init(value) }
    }

    private static let gap = 2

    /// The columns from left to right.
    package var columns: [Column]
    /// The rows from top to bottom; a missing cell is empty.
    package var rows: [[Cell]]

    /// Creates a table.
    package init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Draws the table, one string a line.
    ///
    /// - Parameter width: Columns of the terminal; `nil` cuts nothing.
    package func lines(width: Int?, style: Style, header: Bool = true) -> [String] {
        let texts = rows.map { row in
            columns.indices.map { $0 < row.count ? Sanitizer.visible(row[$0].text) : "" }
        }
        let widths = fittedWidths(texts, header: header, width: width, style: style)
        var result: [String] = []
        if header {
            let titles = columns.map { Sanitizer.visible($0.title) }
            result.append(line(titles, colors: columns.map { _ in .dim }, widths: widths, width: width, style: style))
        }
        for (row, texts) in zip(rows, texts) {
            let colors = columns.indices.map { $0 < row.count ? row[$0].color : nil }
            result.append(line(texts, colors: colors, widths: widths, width: width, style: style))
        }
        return result
    }

    /// Natural widths, with flexible columns made narrower, the widest first, until the line fits.
    private func fittedWidths(_ texts: [[String]], header: Bool, width: Int?, style: Style) -> [Int] {
        var widths = columns.map { header ? TextWidth.columns(of: Sanitizer.visible($0.title)) : 0 }
        for row in texts {
            for (index, text) in row.enumerated() { widths[index] = max(widths[index], TextWidth.columns(of: text)) }
        }
        guard let width else { return widths }
        let floors = columns.map { max($0.minimumWidth, TextWidth.columns(of: $0.title)) }
        var excess = widths.reduce(0, +) + max(0, widths.count - 1) * Self.gap - width
        while excess > 0 {
            let candidates = widths.indices.filter { columns[$0].isFlexible && widths[$0] > floors[$0] }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(
        _ texts: [String], colors: [Style.Color?], widths: [Int], width: Int?, style: Style
    ) -> String {
        var result = ""
        var used = 0
        let last = texts.lastIndex { !$0.isEmpty } ?? -1
        for index in texts.indices where index <= last {
            if index > 0 {
                result += "  "
                used += Self.gap
            }
            var text = TextWidth.cut(texts[index], to: widths[index], ellipsis: style.ellipsis)
            if let width {
                // Rigid columns may still be too wide together: the line ends where the terminal does.
                guard used < width else { break }
                text = TextWidth.cut(text, to: width - used, ellipsis: style.ellipsis)
            }
            let missing = max(0, widths[index] - TextWidth.columns(of: text))
            let room = width.map { max(0, min(missing, $0 - used - TextWidth.columns(of: text))) } ?? missing
            let space = String(repeating: " ", count: room)
            let painted = style.paint(text, colors[index])
            switch columns[index].alignment {
            case .right: result += space + painted
            case .left: result += index == last ? painted : painted + space
            }
            used += room + TextWidth.columns(of: text)
        }
        while result.last == " " { result.removeLast() }
        return result
    }
}
