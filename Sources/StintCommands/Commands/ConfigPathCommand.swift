// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

/// The command `stint config path`.
struct ConfigPathCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Print the files that are read, the stronger first.",
        discussion: "Example:\n  stint config path")

    @Flag(help: "Print one JSON object for each file.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        let files = [
            ConfigurationLocation.projectFile(from: invocation.directory),
            ConfigurationLocation.userFile(environment: invocation.environment),
        ].compactMap { $0 }
        for file in files {
            if json {
                console.document(.object([.init("file", .string(file))]))
            } else {
                console.data(Sanitizer.visible(file))
            }
        }
        if files.isEmpty { console.talk("no configuration file holds here; make one: stint init") }
    }
}
