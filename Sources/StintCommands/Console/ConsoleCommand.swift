// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// A command that prints through a ``Console``: what every command of `stint` conforms to.
///
/// A command states its option groups and implements ``perform(on:)``; failures are thrown as ``CommandFailure`` or as
/// the library's `StintError`, which the runner prints and turns into exit codes.
package protocol ConsoleCommand: AsyncParsableCommand {
    /// The flags that every command takes.
    var talk: TalkOptions { get }

    /// Whether all talk of the command is JSON lines.
    var talksJSON: Bool { get }

    /// Does the work.
    func perform(on console: Console) async throws
}

extension ConsoleCommand {
    /// Only workers are asked to talk so.
    package var talksJSON: Bool { false }

    /// Runs the command on the console of the current invocation.
    package mutating func run() async throws {
        let console = talk.console(talksJSON: talksJSON)
        defer { console.endStatus() }
        try await perform(on: console)
        // A reader that went away, such as `head`, has what it wanted; a full disk has not.
        if let error = console.outputError, !error.isReaderGone {
            throw CommandFailure(.failed, "cannot write the output: \(error)")
        }
    }
}
