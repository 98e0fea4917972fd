// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes rows for other programs: one line a row, tabs between the cells, no header, nothing cut.
package enum TabSeparated {
    /// Returns one line without its line feed.
    ///
    /// Cells are made printable, so a tab or line feed inside one cannot be taken for a separator.
    package static func line(_ cells: [String]) -> String {
        cells.map { Sanitizer.visible($0) }.joined(separator: "\t")
    }

    /// Returns the same line with the cells in their colours, where colours are on.
    package static func line(_ cells: [Table.Cell], style: Style) -> String {
        cells.map { style.paint(Sanitizer.visible($0.text), $0.color) }.joined(separator: "\t")
    }
}
