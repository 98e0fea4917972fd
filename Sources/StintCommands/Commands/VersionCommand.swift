// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint version`.
struct VersionCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of Stint.",
        discussion: "Example:\n  stint version --json")

    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        guard json else {
            console.data("stint \(StintVersion.current)")
            return
        }
        console.document(.object([.init("version", .string(StintVersion.current))]))
    }
}
