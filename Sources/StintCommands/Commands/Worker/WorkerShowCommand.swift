// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// The command `stint worker show NODE`.
struct WorkerShowCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one worker process and the jobs that it runs.",
        discussion: "Examples:\n  stint worker show %1\n  stint worker show k3f9a0 --json | jq .jobs",
        aliases: ["inspect"])

    @Argument(help: "The node's id, or %1 for the first row of the last list.", completion: LiveCompletion.nodes)
    var node: String
    @OptionGroup var document: DocumentOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let id = try RowReferences.current.resolve(node)
        try await connection.withClient(on: console) { client, _ in
            try await console.show(document, watch: watch, times: times) {
                let nodes = try await client.inspector.nodes()
                guard let node = nodes.first(where: { $0.id == id }) else {
                    let near = NearMiss.find(id, among: nodes.map(\.id)).map { " Did you mean '\($0)'?" } ?? ""
                    throw CommandFailure(
                        .notFound, "there is no worker '\(id)'.\(near)",
                        hints: [.init("All workers:", "stint worker ls")])
                }
                return Self.document(node)
            }
        }
    }

    private static func document(_ node: NodeStatus) -> Document {
        let isAlive = Workforce.isAlive(node)
        let jobs = node.jobs.map { job in
            JSONValue.object([
                .init("id", .string(job.id.description)), .init("name", .string(job.name)),
                .init("queue", .string(job.queue)), .init("ran_s", Field.seconds(job.seconds).json),
            ])
        }
        let lines = node.jobs.map { job in
            "\(job.id) \(job.name) in '\(job.queue)' for \(TimeText.short(.milliseconds(Int64(job.seconds * 1_000))))"
        }
        return Document(
            facts: [
                .init("node", "node", .text(node.id)),
                .init("mode", "state", Workforce.state(of: node)),
                .init("stuck", "stuck loops", Workforce.stuck(in: node)),
                .init("last_beat", "last beat", .date(node.lastBeat)),
                .init("host", "host", .text(orNone: node.host)),
                .init("pid", "pid", .custom(.integer(Int64(node.pid)), text: "\(node.pid)")),
                .init("version", "version", .text(orNone: node.version)),
                .init("started_at", "started", .date(node.startedAt)),
                .init("slots", "slots", .count(node.slots)),
                .init("running", "running", .count(node.running)),
                .init("waiting", "waiting in it", .count(node.waiting)),
                .init("completed", "completed", .count(node.completed)),
                .init("failed", "failed", .count(node.failed)),
                .init("lease_s", "lease", .milliseconds(Int64(node.leaseMilliseconds))),
                .init(
                    "queues", "queues",
                    .custom(
                        WorkerListCommand.queues(node),
                        text: node.queues.map { "\($0.name)=\($0.weight)" }.joined(separator: " "))),
                .init(
                    "jobs", "jobs",
                    .custom(
                        .array(jobs), text: lines.isEmpty ? "none" : lines.joined(separator: ", "),
                        plain: JSONValue.array(jobs).text)),
            ],
            members: [.init("alive", .bool(isAlive)), .init("beat_age_s", Field.seconds(node.age).json)])
    }
}
