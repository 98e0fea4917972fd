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
            try await steering.perform(client, on: console) { queue, ids, began in
                try await queue.remove(ids, ifIn: [.dead], enqueuedBy: began).map { outcome in
                    switch outcome {
                    case .running, .changed: began == nil ? Self.notDead : .changed
                    case .removed, .notFound: JobRemoveCommand.verdict(outcome)
                    }
                }
            }
        }
    }

    private static let notDead = Verdict.refused(
        .refusedByState, "it is not dead (delete it with: stint job rm)")
}
