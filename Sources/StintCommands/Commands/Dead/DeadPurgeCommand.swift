// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint dead purge`.
struct DeadPurgeCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Delete dead jobs.",
        discussion: """
            Without --queue, --name or ids it deletes all dead jobs of all queues and asks to type the namespace.

            Examples:
              stint dead purge --queue mail --dry-run
              stint dead purge --queue mail --name 'mail.*' --yes
              stint dead purge --all --confirm stint
            """)

    @OptionGroup var selectors: DeadSelectors
    @Option(
        name: .customLong("confirm"),
        help: ArgumentHelp("With --all: the namespace, instead of typing it.", valueName: "name"))
    var confirmed: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard confirmed == nil || selectors.all else { throw ValidationError("--confirm goes with --all.") }
    }

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, target in
            guard selectors.ids.isEmpty else {
                try await purgeNamed(client, console)
                return
            }
            let batches = try await selectors.collect(client, on: console)
            let total = batches.reduce(0) { $0 + $1.ids.count }
            guard total > 0 else {
                console.talk("no dead job \(selectors.text)")
                return
            }
            if confirm.dryRun {
                console.talk("would delete \(JobCount.text(total)) \(selectors.text)")
                return
            }
            let question = "Delete \(JobCount.text(total)) \(selectors.text)"
            if selectors.all {
                try confirm.confirm(question, typing: target.namespace, given: confirmed, on: console)
            } else {
                try confirm.confirm(question + "?", on: console)
            }
            let counts = try await DeadBatch.work(batches, client, console) {
                try await $0.remove($1).map(JobRemoveCommand.verdict)
            }
            try DeadBatch.report(counts, done: "deleted", on: console)
        }
    }

    private func purgeNamed(_ client: StintClient, _ console: Console) async throws {
        let steering = Steering(verb: "delete", options: try selectors.steering(), confirm: confirm, asks: true)
        try await steering.perform(client, on: console) { queue, ids in
            var verdicts: [Verdict] = []
            for id in ids {
                let state = try await client.inspector.job(id, queue: queue.name)?.summary.state
                guard state == nil || state == .dead else {
                    verdicts.append(.refused(.refusedByState, "it is not dead (delete it with: stint job rm)"))
                    continue
                }
                verdicts += try await queue.remove([id]).map(JobRemoveCommand.verdict)
            }
            return verdicts
        }
    }
}
