// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint dead retry`.
struct DeadRetryCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Give dead jobs all their attempts again.",
        discussion: """
            Examples:
              stint dead retry %1
              stint dead retry --queue mail --name mail.send
              stint dead retry --all --yes
            """)

    @OptionGroup var selectors: DeadSelectors
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            guard selectors.ids.isEmpty else {
                let steering = Steering(verb: "retry", options: try selectors.steering(), confirm: confirm)
                try await steering.perform(client, on: console) {
                    try await $0.retryDead($1).map(JobRetryCommand.verdict)
                }
                return
            }
            let batches = try await selectors.collect(client, on: console)
            let total = batches.reduce(0) { $0 + $1.ids.count }
            guard total > 0 else {
                console.talk("no dead job \(selectors.text)")
                return
            }
            if confirm.dryRun {
                console.talk("would retry \(JobCount.text(total)) \(selectors.text)")
                return
            }
            try confirm.confirm("Retry \(JobCount.text(total)) \(selectors.text)?", on: console)
            let counts = try await DeadBatch.work(batches, client, console) {
                try await $0.retryDead($1).map(JobRetryCommand.verdict)
            }
            try DeadBatch.report(counts, done: "ready again, with all their attempts", on: console)
            console.hint("watch: stint queue ls --watch")
        }
    }
}
