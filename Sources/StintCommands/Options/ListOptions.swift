// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// How a list is printed.
///
/// For commands that print a `Listing`.
package struct ListOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line.")
    package var json = false

    @Option(help: ArgumentHelp("Print these columns only.", valueName: "a,b,…"))
    package var fields: String?

    @Flag(help: "Print one record a line with tabs, as into a pipe.")
    package var plain = false

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses contradictions.
    package func validate() throws {
        guard !json || !plain else { throw ValidationError("--json and --plain exclude each other.") }
    }

    /// The names given with `--fields`, in their order.
    package var fieldNames: [String]? {
        fields?.split(separator: ",").map { $0.trimmingSpaces() }
    }

    /// The form for a stream.
    package func format(for traits: StreamTraits) -> OutputFormat {
        if json { return .json }
        return plain || !traits.isTerminal ? .tabSeparated : .table
    }
}

/// In which form data is printed.
package enum OutputFormat: Sendable, Hashable {
    /// Aligned, cut to the terminal, with relative times: for people.
    case table
    /// One line a row, nothing cut, absolute times: for `cut`, `awk` and `grep`.
    case tabSeparated
    /// One object a line.
    case json
}

extension StringProtocol {
    /// The text without spaces at its ends.
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
