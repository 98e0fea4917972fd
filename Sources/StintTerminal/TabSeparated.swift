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
}
