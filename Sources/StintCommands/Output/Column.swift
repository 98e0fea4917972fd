// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal

/// One column of a listing, declared once for tables, pipes and JSON.
package struct Column<Row: Sendable>: Sendable {
    /// The name in JSON and for `--fields`, in lower case with underscores.
    package let name: String
    /// What stands above it in a table.
    package let title: String
    /// Where cells stand.
    package let alignment: TextWidth.Alignment
    /// Whether it becomes narrower on a narrow terminal.
    package let isFlexible: Bool
    /// Whether tables and pipes show it without being asked; JSON always has it.
    package let isShown: Bool
    /// The value of a row.
    package let value: @Sendable (Row) -> Field
    /// The colour of a row's cell; never the only sign of what it means.
    package let color: @Sendable (Row) -> Style.Color?

    /// Creates a column.
    package init(
        _ name: String, _ title: String, align alignment: TextWidth.Alignment = .left, flexible: Bool = false,
        shown: Bool = true, color: @escaping @Sendable (Row) -> Style.Color? = { _ in nil },
        _ value: @escaping @Sendable (Row) -> Field
    ) {
        self.name = name
        self.title = title
        self.alignment = alignment
        self.isFlexible = flexible
        self.isShown = shown
        self.color = color
        self.value = value
    }
}
