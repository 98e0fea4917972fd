// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint worker ls`.
struct WorkerListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the worker processes that were heard of within a day.",
        discussion: "Examples:\n  stint worker ls\n  stint worker ls --json | jq -r 'select(.alive) | .node'",
        aliases: ["list"])

    @OptionGroup var list: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            try await console.show(Self.listing, list, watch: watch, times: times) {
                try await client.inspector.nodes()
            }
        }
    }

    private static let listing = Listing<NodeStatus>(
        emptyNote: "no worker: stint work starts one", reference: { $0.id },
        [
            Column("node", "NODE") { .text($0.id) },
            Column("mode", "STATE", color: { Workforce.isAlive($0) && $0.stuck.isEmpty ? nil : .red }) {
                Workforce.state(of: $0)
            },
            Column("beat_age_s", "BEAT", align: .right) { .seconds($0.age) },
            Column("running", "RUN/SLOTS", align: .right) {
                .custom(.integer(Int64($0.running)), text: "\($0.running)/\($0.slots)")
            },
            Column("queues", "QUEUES", flexible: true) { node in
                .custom(queues(node), text: node.queues.map { "\($0.name)=\($0.weight)" }.joined(separator: " "))
            },
            Column("host", "HOST", flexible: true) { .text(orNone: $0.host) },
            Column("pid", "PID", align: .right) { .custom(.integer(Int64($0.pid)), text: "\($0.pid)") },
            Column("started_at", "STARTED") { .date($0.startedAt) },
            Column("version", "VERSION") { .text(orNone: $0.version) },
            Column("alive", "ALIVE", shown: false) { .flag(Workforce.isAlive($0)) },
            Column("slots", "SLOTS", shown: false) { .count($0.slots) },
            Column("waiting", "WAITING", align: .right, shown: false) { .count($0.waiting) },
            Column("completed", "COMPLETED", align: .right, shown: false) { .count($0.completed) },
            Column("failed", "FAILED", align: .right, shown: false) { .count($0.failed) },
            Column("stuck", "STUCK", flexible: true, shown: false) { Workforce.stuck(in: $0) },
            Column("last_beat", "LAST BEAT", shown: false) { .date($0.lastBeat) },
        ])

    /// The queues that a worker serves and their weights.
    static func queues(_ node: NodeStatus) -> JSONValue {
        .object(node.queues.map { .init($0.name, .integer(Int64($0.weight))) })
    }
}
