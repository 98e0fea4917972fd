// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `stint __supervise DATA`: the hidden owner of a private Redis; started by other commands, never typed.
struct SuperviseCommand: ConsoleCommand {
    static let name = "__supervise"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Own the private Redis of a folder.", shouldDisplay: false)

    @Argument(help: "The data folder.") var directory: String
    @Option(help: "How long the server stays without clients.", transform: DurationArgument.parse)
    var linger: Duration = .seconds(60)
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let location = EmbeddedLocation(directory: directory)
        // Nobody reads stderr for long: it becomes the log. What the runtime says of a crash ends up there too.
        let log = open(location.logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if log >= 0 {
            dup2(log, STDERR_FILENO)
            close(log)
        }
        try await Supervisor(location: location, linger: linger).run { word in
            switch word {
            case .ready: console.data("ready")
            case .missing(let reason): console.data("missing " + Sanitizer.visible(reason))
            case .failed(let reason): console.data("failed " + Sanitizer.visible(reason))
            }
            // The reader has its word; the pipe must not stay open for its sake.
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            for descriptor in [STDIN_FILENO, STDOUT_FILENO] { dup2(null, descriptor) }
            close(null)
        }
    }
}
