// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// How much a command tells and how it is decorated.
///
/// Every command has them.
package struct TalkOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print only data and errors.")
    package var quiet = false

    @Flag(name: .shortAndLong, help: "Tell more; twice logs each Redis command with its time.")
    package var verbose: Int

    @Flag(name: .customLong("no-color"), help: "Use no colours.")
    package var noColor = false

    @Flag(help: "Use no Unicode decoration.")
    package var ascii = false

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses contradictions.
    package func validate() throws {
        guard !quiet || verbose == 0 else { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    /// The console of the current invocation with these options applied.
    ///
    /// - Parameter talksJSON: Whether all talk is JSON lines.
    package func console(talksJSON: Bool = false) -> Console {
        Invocation.current.console(
            verbosity: quiet ? -1 : verbose, noColor: noColor, ascii: ascii, talksJSON: talksJSON)
    }
}
