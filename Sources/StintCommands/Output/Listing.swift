// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions
import StintTerminal

/// The columns of a list command: declared once, printed as a table, with tabs, or as JSON lines.
package struct Listing<Row: Sendable>: Sendable {
    /// All columns in their order.
    package let columns: [Column<Row>]
    /// The id that `%1`, `%2`… stand for after this list was printed.
    package let reference: (@Sendable (Row) -> String)?
    /// What is said on stderr when there is no row.
    package let emptyNote: String

    /// Creates a listing.
    package init(
        emptyNote: String = "nothing to list", reference: (@Sendable (Row) -> String)? = nil, _ columns: [Column<Row>]
    ) {
        self.columns = columns
        self.reference = reference
        self.emptyNote = emptyNote
    }

    /// The columns that `--fields` asks for, or those that the form shows without being asked.
    ///
    /// - Throws: A usage failure that lists the names, if one is unknown.
    package func columns(_ names: [String]?, for format: OutputFormat) throws -> [Column<Row>] {
        guard let names else { return format == .json ? columns : columns.filter(\.isShown) }
        guard !names.isEmpty else { throw unknown("") }
        return try names.map { name in
            guard let column = columns.first(where: { $0.name == name }) else { throw unknown(name) }
            return column
        }
    }

    /// Returns the lines of one print, safe for a terminal.
    package func lines(
        _ rows: [Row], columns: [Column<Row>], format: OutputFormat, width: Int?, context: Field.Context
    ) -> [String] {
        switch format {
        case .json:
            return rows.map { row in
                JSONValue.object(columns.map { .init($0.name, $0.value(row).json) }).text
            }
        case .tabSeparated:
            return rows.map { row in
                TabSeparated.line(columns.map { .init($0.value(row).plainText, $0.color(row)) }, style: context.style)
            }
        case .table:
            guard !rows.isEmpty else { return [] }
            let fields = rows.map { row in columns.map { $0.value(row) } }
            let table = table(rows, columns, fields, context)
            guard let width, columns.map(\.name) == self.columns.filter(\.isShown).map(\.name),
                table.lines(width: nil, style: .plain).contains(where: { TextWidth.columns(of: $0) > width })
            else { return table.lines(width: width, style: context.style) }
            // Where it is narrow nothing keeps its place that says nothing, unless it was asked for.
            let full = columns.indices.filter { index in fields.contains { $0[index] != .missing } }
            return self.table(rows, full.map { columns[$0] }, fields.map { row in full.map { row[$0] } }, context)
                .lines(width: width, style: context.style)
        }
    }

    private func table(
        _ rows: [Row], _ columns: [Column<Row>], _ fields: [[Field]], _ context: Field.Context
    ) -> Table {
        var context = context
        context.idLength = Field.idLength(of: fields.flatMap(\.self))
        return Table(
            columns: columns.map { .init($0.title, alignment: $0.alignment, isFlexible: $0.isFlexible) },
            rows: zip(rows, fields).map { row, fields in
                zip(columns, fields).map { .init($1.text(context), $0.color(row)) }
            })
    }

    private func unknown(_ name: String) -> CommandFailure {
        let names = columns.map(\.name)
        let near = NearMiss.find(name, among: names).map { " Did you mean '\($0)'?" } ?? ""
        return .usage(
            "no field '\(name)' here.\(near)", hints: [.init("The fields are:", names.joined(separator: ","))])
    }
}
