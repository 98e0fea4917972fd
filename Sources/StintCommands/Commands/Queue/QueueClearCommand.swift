// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue clear Q`.
struct QueueClearCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Delete the jobs of a queue that wait, or others that do not run.",
        discussion: """
            Examples:
              stint queue clear mail --dry-run
              stint queue clear mail --state dead,kept --yes
            """)

    @Argument(help: "The queue.", completion: LiveCompletion.queues) var queue: String
    @Option(
        help: ArgumentHelp(
            "What to delete: ready, delayed, dead, kept (default: ready,delayed).", valueName: "a,b,…"),
        transform: QueueClearCommand.targets)
    var state: [Queue.PurgeTarget] = [.ready, .delayed]
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let status = try await client.inspector.known(queue)
            let counts = state.map { ($0, Self.count($0, status)) }
            let total = counts.reduce(0) { $0 + $1.1 }
            let parts = counts.filter { $0.1 > 0 }.map { "\(NumberText.grouped($0.1)) \($0.0.rawValue)" }
            let what =
                "\(JobCount.text(total)) of '\(queue)'" + (total > 0 ? " (\(parts.joined(separator: ", ")))" : "")
            func tell(_ deleted: Int, reason: String?) {
                let count = JSONValue.Member("deleted", .integer(Int64(deleted)))
                let matched = JSONValue.Member("matched", .integer(Int64(total)))
                change.tell(queue: queue, done: reason == nil, reason: reason, [matched, count], on: console)
            }
            guard total > 0 else {
                tell(0, reason: "it has no such job")
                console.talk(
                    "nothing to delete: '\(queue)' has no \(state.map(\.rawValue).joined(separator: " or ")) job")
                return
            }
            if confirm.dryRun {
                tell(0, reason: ChangeOptions.dryRun)
                console.talk("would delete \(what)")
                return
            }
            try confirm.confirm("Delete \(what)?", on: console)
            let deleted = try await Purge(queue: queue, targets: Set(state), total: total).run(client, console)
            tell(deleted, reason: nil)
            console.done("deleted \(JobCount.text(deleted)) of '\(queue)'")
        }
    }

    private static func count(_ target: Queue.PurgeTarget, _ status: QueueStatus) -> Int {
        switch target {
        case .ready: status.ready
        case .delayed: status.delayed
        case .dead: status.dead
        case .kept: status.kept
        }
    }

    private static func targets(_ text: String) throws -> [Queue.PurgeTarget] {
        try text.split(separator: ",").map { word in
            guard let target = Queue.PurgeTarget(rawValue: word.trimmingSpaces()) else {
                throw ValidationError("'\(word)' cannot be cleared; there are ready, delayed, dead and kept.")
            }
            return target
        }
    }
}
