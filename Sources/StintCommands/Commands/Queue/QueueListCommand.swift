// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint queue ls`.
struct QueueListCommand: ConsoleCommand {
    /// What the rows are ordered by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case name, ready, age, rate

        func isBefore(_ left: QueueRow, _ right: QueueRow) -> Bool {
            switch self {
            case .name: left.status.name < right.status.name
            case .ready: Self.more(left, right) { Double($0.status.ready) }
            case .age: Self.more(left, right) { $0.status.oldestReadyAge ?? -1 }
            case .rate: Self.more(left, right) { $0.rates?.completed ?? -1 }
            }
        }

        private static func more(_ left: QueueRow, _ right: QueueRow, _ value: (QueueRow) -> Double) -> Bool {
            (value(right), left.status.name) < (value(left), right.status.name)
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

    @Option(help: "Order by name, ready (most first), age (oldest first) or, with --watch, rate (fastest first).")
    var sort = Order.name
    @OptionGroup var list: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard sort != .rate || watch.watch else {
            throw ValidationError("--sort rate needs --watch: a rate takes two looks.")
        }
    }

    func perform(on console: Console) async throws {
        let listing = QueueRow.listing(style: console.output.style, utc: times.utc, watching: watch.period != nil)
        try await connection.withClient(on: console) { client, _ in
            var before: [String: QueueStatus] = [:]
            try await console.show(listing, list, watch: watch, times: times) {
                let workforce = Workforce(try await client.inspector.nodes())
                let statuses = try await client.inspector.readableQueues(on: console)
                defer { before = Dictionary(statuses.map { ($0.name, $0) }) { $1 } }
                return statuses.map { status in
                    QueueRow(
                        status: status, slots: workforce.slots(for: status.name),
                        isServed: !workforce.serving(status.name).isEmpty,
                        rates: .init(from: before[status.name], to: status))
                }.sorted(by: sort.isBefore)
            }
        }
    }
}
