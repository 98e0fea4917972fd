// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue show Q`.
struct QueueShowCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about one queue.",
        discussion: "Examples:\n  stint queue show mail\n  stint queue show mail --json | jq .totals",
        aliases: ["inspect"])

    @Argument(help: "The queue.", completion: LiveCompletion.queues) var queue: String
    @OptionGroup var document: DocumentOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            try await console.show(document, watch: watch, times: times) {
                let status = try await client.inspector.known(queue)
                let workers = Workforce(try await client.inspector.nodes()).serving(queue)
                return Self.document(status, workers, style: console.output.style, utc: times.utc)
            }
        }
    }

    private static func document(_ status: QueueStatus, _ workers: [NodeStatus], style: Style, utc: Bool) -> Document {
        let byPriority = zip(PriorityArgument.names, status.readyByPriority)
        let urgency = byPriority.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let state =
            status.pause.map { QueueNotes.text($0, at: status.date, style: style, utc: utc) }
            ?? (workers.isEmpty ? "\(style.symbol(.failed)) no worker serves it" : "runs")
        let slots = workers.reduce(0) { $0 + $1.slots }
        return Document(
            facts: [
                .init("queue", "queue", .text(status.name)),
                .init(
                    "paused", "state",
                    .custom(
                        QueueNotes.pauseJSON(status.pause), text: state,
                        plain: status.pause.map(QueueNotes.plain) ?? "")),
                .init(
                    "ready", "ready",
                    .custom(
                        .integer(Int64(status.ready)),
                        text: NumberText.grouped(status.ready) + (urgency.isEmpty ? "" : "  (\(urgency))"))),
                .init("oldest_ready_s", "oldest", .seconds(status.oldestReadyAge)),
                .init("delayed", "delayed", .count(status.delayed)),
                .init("next_due", "next due", .date(status.nextDue)),
                .init("running", "running", .count(status.running)),
                .init("slots", "slots", .count(slots)),
                .init("cancelling", "being cancelled", status.cancelling > 0 ? .count(status.cancelling) : .missing),
                .init("dead", "dead", .count(status.dead)),
                .init("kept", "kept", .count(status.kept)),
                .init("depth_limit", "depth limit", .count(status.depthLimit)),
                .init("lease_s", "lease", .milliseconds(status.leaseMilliseconds.map(Int64.init))),
                .init("last_look", "last look", .date(status.lastLook)),
                .init("hold_until", "reaping held", .date(status.holdUntil)),
                .init("workers", "workers", workers.isEmpty ? .list([]) : .list(workers.map(\.id))),
                .init("enqueued", "enqueued", .count(status.totals.enqueued)),
                .init("completed", "completed", .count(status.totals.completed)),
                .init("failed", "failed attempts", .count(status.totals.failed)),
            ],
            members: [
                .init("ready_by_priority", .object(byPriority.map { .init($0.0, .integer(Int64($0.1))) })),
                .init("totals", totals(status.totals)), .init("schema", Field.count(status.schema).json),
                .init("at", Field.date(status.date).json),
            ])
    }

    private static func totals(_ totals: QueueStatus.Totals) -> JSONValue {
        let counts = [
            ("enqueued", totals.enqueued), ("claimed", totals.claimed), ("completed", totals.completed),
            ("failed", totals.failed), ("retried", totals.retried), ("died", totals.died),
            ("cancelled", totals.cancelled), ("expired", totals.expired), ("crashed", totals.crashed),
            ("released", totals.released), ("revived", totals.revived), ("purged", totals.purged),
        ]
        return .object(counts.map { .init($0.0, .integer(Int64($0.1))) })
    }
}
