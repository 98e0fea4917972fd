// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint dead purge`.
struct DeadPurgeCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Delete dead jobs.",
        discussion: """
            With --all it deletes the dead jobs of all queues and asks to type the namespace.

            Examples:
              stint dead purge --queue mail --dry-run
              stint dead purge --queue mail --name 'mail.*' --yes
              stint dead purge --all --confirm stint
            """)

    @OptionGroup var targets: JobTargets
    @Flag(help: "All dead jobs of all queues.") var all = false
    @Option(
        name: .customLong("confirm"),
        help: ArgumentHelp("With --all: the namespace, instead of typing it.", valueName: "name"))
    var confirmed: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard confirmed == nil || all else { throw ValidationError("--confirm goes with --all.") }
        try targets.checkDead(all: all)
    }

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, target in
            var steering = Steering(
                verb: "delete", past: "deleted", targets: targets, states: [.dead], confirm: confirm, change: change,
                asks: true)
            if all {
                steering.askHard = {
                    try confirm.confirm($0, typing: target.namespace, given: confirmed, on: console)
                }
            }
            // What selectors find is dead; what is named may be anything.
            let isNamed = !targets.ids.isEmpty
            try await steering.perform(client, on: console) { queue, ids in
                guard isNamed else { return try await queue.remove(ids).map(JobRemoveCommand.verdict) }
                var verdicts: [Verdict] = []
                for id in ids { verdicts.append(try await Self.purge(id, queue, client)) }
                return verdicts
            }
        }
    }

    private static func purge(_ id: JobID, _ queue: Queue, _ client: StintClient) async throws -> Verdict {
        let state = try await client.inspector.job(id, queue: queue.name)?.summary.state
        guard state == nil || state == .dead else {
            return .refused(.refusedByState, "it is not dead (delete it with: stint job rm)")
        }
        return try await queue.remove([id]).map(JobRemoveCommand.verdict).first ?? .missing
    }
}
