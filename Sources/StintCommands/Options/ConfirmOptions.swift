// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintTerminal

/// Confirmation of what changes or destroys many things at once.
package struct ConfirmOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    package var yes = false

    @Flag(name: .customLong("no-input"), help: "Never ask: fail where a question would be asked.")
    package var noInput = false

    @Flag(name: [.customShort("n"), .long], help: "Only say what would be done.")
    package var dryRun = false

    /// Creates the group; the parser fills it.
    package init() {}

    /// Asks before something that touches many things; returns if it may be done.
    ///
    /// - Parameter question: Ends with a question mark and names the exact number.
    /// - Throws: A failure with status 5 if the answer is not yes or nobody can be asked.
    package func confirm(_ question: String, on console: Console) throws {
        if yes { return }
        let invocation = Invocation.current
        guard invocation.canAsk, !noInput else {
            throw CommandFailure(
                .notConfirmed, "this needs a confirmation: \(question)",
                hints: [.init("Do it without asking:", invocation.retyped() + " --yes")])
        }
        console.ask(question + " [y/N] ")
        var input = invocation.readInput()
        let answer = input.next().map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard ["y", "yes"].contains(answer.trimmingSpaces().lowercased()) else {
            throw CommandFailure(.notConfirmed, "nothing was done")
        }
    }
}
