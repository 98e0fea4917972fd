// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

/// The command `stint config show`.
struct ConfigShowCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print each setting that is in force, and where it comes from.",
        discussion: "Examples:\n  stint config show\n  stint config show --json --fields setting,value")

    private static let listing = Listing<Setting>([
        Column("setting", "SETTING") { .text($0.key.rawValue) },
        Column("value", "VALUE", flexible: true) { $0.displayValue.map { .text($0) } ?? .missing },
        Column("source", "SOURCE", flexible: true, color: { $0.source == .builtIn ? .dim : nil }) {
            .text($0.source.description)
        },
        Column("environment", "ENVIRONMENT", shown: false) { .text($0.key.environmentVariable) },
    ])

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let configuration = try Configuration.load(connection.flags(), in: .current)
        try await console.show(Self.listing, list) { configuration.settings }
    }
}
