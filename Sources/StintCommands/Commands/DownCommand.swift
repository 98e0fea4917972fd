// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

/// The command `stint down`.
struct DownCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop the private Redis of this folder; its data stays.",
        discussion: "Example:\n  stint down")

    @OptionGroup var data: DataOptions
    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        let configuration = try Configuration.load(data.flags, in: invocation)
        let location = EmbeddedLocation(configuration, in: invocation)
        let folder = location.displayed(from: invocation.directory)
        let stopped = try await EmbeddedRedis(location).stop()
        if json {
            console.document(
                .object([
                    .init("folder", .string(location.directory)), .init("done", .bool(stopped != nil)),
                    .init("reason", stopped == nil ? .string("it does not run") : .null),
                    .init("connections_cut", .integer(Int64(stopped ?? 0))),
                ]))
        }
        guard let clients = stopped else {
            console.talk("no private Redis runs in \(folder)")
            return
        }
        console.done("stopped the private Redis in \(folder); its data stays there")
        if clients > 0 {
            console.warn("\(clients) connections were cut: a worker goes on once the private Redis runs again")
        }
    }
}
