// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint stats`.
struct StatsCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Sum up the queues, the workers and Redis.",
        discussion: """
            Examples:
              stint stats
              stint stats --queue mail --watch --interval 5s
              stint stats --json | jq .redis
            """)

    @Option(
        help: ArgumentHelp("Only this queue; may be repeated.", valueName: "name"), completion: LiveCompletion.queues)
    var queue: [String] = []
    @OptionGroup var document: DocumentOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            var before: Statistics?
            try await console.show(document, watch: watch) {
                let inspector = client.inspector
                let names = try await inspector.known(queue, all: queue.isEmpty)
                let queues = try await inspector.readableQueues(on: console).filter { names.contains($0.name) }
                let statistics = Statistics(
                    queues: queues, workforce: Workforce(try await inspector.nodes()),
                    server: try await inspector.server(),
                    isPartial: !queue.isEmpty)
                defer { before = statistics }
                return statistics.document(since: before, isWatched: watch.watch)
            }
        }
    }
}
