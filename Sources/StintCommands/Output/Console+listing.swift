// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal

extension Console {
    /// Prints a list once, or again and again with `--watch`, in the form that the options and the stream ask for.
    ///
    /// Ends when the reader of stdout has gone, and by the task's cancellation.
    /// - Parameter rows: Fetches the rows; called once for each print.
    package func show<Row: Sendable>(
        _ listing: Listing<Row>, _ options: ListOptions, watch: WatchOptions? = nil, times: TimeOptions? = nil,
        rows: () async throws -> [Row]
    ) async throws {
        let invocation = Invocation.current
        var format = options.format(for: output)
        // A pipe wants to know where one print ends and what the columns are: JSON lines say both.
        if watch?.period != nil, format == .tabSeparated, !options.plain { format = .json }
        let columns = try listing.columns(options.fieldNames, for: format)
        var style = output.style
        // Colours that were asked for go into a pipe too, but --plain is for programs.
        if format == .tabSeparated, options.plain || output.isTerminal { style.usesColor = false }
        while true {
            let rows = try await rows()
            let context = Field.Context(now: invocation.now(), utc: times?.utc ?? false, style: style)
            let lines = listing.lines(
                rows, columns: columns, format: format, width: output.columns, context: context)
            guard let period = watch?.period else {
                for line in lines { data(line) }
                if rows.isEmpty, output.isTerminal { talk(listing.emptyNote) }
                if let reference = listing.reference {
                    RowReferences.current.remember(rows: rows.prefix(RowReferences.maximumRows).map(reference))
                }
                return
            }
            if format == .table, output.canRepaint {
                repaint(lines.isEmpty ? [listing.emptyNote] : lines)
            } else {
                for line in lines { data(line) }
            }
            guard outputError == nil else { return }
            try await invocation.pause(period)
        }
    }

    /// Prints one JSON document on a line.
    package func document(_ value: JSONValue) {
        data(value.text)
    }

    /// Prints pairs of a label and a text, aligned, for `show` commands.
    package func pairs(_ pairs: [(String, String)]) {
        let width = pairs.map { TextWidth.columns(of: $0.0) }.max() ?? 0
        for (label, text) in pairs {
            let label = TextWidth.pad(Sanitizer.visible(label), to: width)
            data(output.style.paint(label, .dim) + "  " + Sanitizer.visible(text))
        }
    }
}
