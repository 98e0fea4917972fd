// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintCommands
import StintTerminal

/// A root command with a list command as they are written, for tests of what all of them share.
struct SampleRoot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stint", subcommands: [SampleQueue.self])
}

struct SampleQueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", subcommands: [SampleList.self, SampleClear.self], aliases: ["queues"])
}

struct SampleRow: Sendable {
    var queue: String
    var ready: Int64
    var oldest: Duration?
    var since: Int64
}

struct SampleList: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "ls", aliases: ["list"])
    static let listing = Listing<SampleRow>(
        emptyNote: "no queue yet", reference: { $0.queue },
        [
            Column("queue", "QUEUE", flexible: true) { .text($0.queue) },
            Column("ready", "READY", align: .right, color: { $0.ready > 1_000 ? .yellow : nil }) { .count($0.ready) },
            Column("oldest_s", "OLDEST", align: .right) { $0.oldest.map { .length($0) } ?? .missing },
            Column("since", "SINCE") { .instant($0.since) },
            Column("node", "NODE", shown: false) { _ in .text("n1") },
        ])
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        if let redis = connection.redis { console.talk("redis is \(redis)") }
        try await console.show(Self.listing, list, watch: watch, times: times) {
            [
                SampleRow(queue: "default", ready: 184_302, oldest: .seconds(362), since: 1_795_328_400_000),
                SampleRow(queue: "ma\til\u{1B}[2J", ready: 9, oldest: nil, since: 1_795_321_207_000),
            ]
        }
    }
}

struct SampleClear: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "clear")
    @Argument var name: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try confirm.confirm("Clear 3 jobs of '\(name)'?", on: console)
        console.done("3 jobs cleared")
        console.hint("see them: stint job ls")
    }
}
