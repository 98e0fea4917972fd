// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Stint

/// Slots and logs of a worker, for `work` and `up`.
package struct WorkerLogOptions: ParsableArguments {
    /// How log lines are written.
    package enum Form: String, Sendable, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: ArgumentHelp("Jobs at a time (default: one for each processor).", valueName: "number"))
    package var slots: Int?

    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("How stderr is written: text (the default) or json, one object a line.", valueName: "form"))
    package var form: Form?

    @Flag(help: "The same as --log json; stdout stays empty.")
    package var json = false

    /// Creates the group; the parser fills it.
    package init() {}

    /// Whether everything on stderr is JSON lines.
    package var isJSON: Bool { json || form == .json }

    /// Whether the words of a command line that may be wrong ask for JSON lines.
    package static func asksForJSON(_ words: [String]) -> Bool {
        words.contains("--json") || words.contains("--log=json")
            || zip(words, words.dropFirst()).contains { $0 == "--log" && $1 == "json" }
    }

    /// Refuses a number that no worker has, and contradictions.
    package func validate() throws {
        guard !json || form != .text else { throw ValidationError("--json and --log text exclude each other.") }
        if let slots, !(1...10_000).contains(slots) { throw ValidationError("--slots must be between 1 and 10000.") }
    }
}
