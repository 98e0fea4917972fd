// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint queue ls`.
struct QueueListCommand: ConsoleCommand {
    /// What the rows are ordered by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case name, ready, age

        func isBefore(_ left: QueueStatus, _ right: QueueStatus) -> Bool {
            switch self {
            case .name: left.name < right.name
            case .ready: (right.ready, left.name) < (left.ready, right.name)
            case .age: (right.oldestReadyAge ?? -1, left.name) < (left.oldestReadyAge ?? -1, right.name)
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the queues with what waits, runs and failed in them.",
        discussion: """
            Examples:
              stint queue ls
              stint queue ls --watch --interval 5s
              stint queue ls --json | jq 'select(.served | not)'
            """,
        aliases: ["list"])

    @Option(help: "Order by name, ready (most first) or age (oldest first).") var sort = Order.name
    @OptionGroup var list: ListOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let listing = QueueRow.listing(style: console.output.style, watching: watch.period != nil)
        try await connection.withClient(on: console) { client, _ in
            var before: [String: QueueStatus] = [:]
            try await console.show(listing, list, watch: watch) {
                let workforce = Workforce(try await client.inspector.nodes())
                let statuses = try await client.inspector.queues()
                defer { before = Dictionary(statuses.map { ($0.name, $0) }) { $1 } }
                return statuses.sorted(by: sort.isBefore).map { status in
                    QueueRow(
                        status: status, slots: workforce.slots(for: status.name),
                        isServed: !workforce.serving(status.name).isEmpty,
                        rates: .init(from: before[status.name], to: status))
                }
            }
        }
    }
}
