// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint dead retry`.
struct DeadRetryCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Give dead jobs all their attempts again.",
        discussion: """
            Examples:
              stint dead retry %1
              stint dead retry --queue mail --name mail.send --limit 100
              stint dead retry --all --yes
            """)

    @OptionGroup var targets: JobTargets
    @Flag(help: "All dead jobs of all queues.") var all = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try targets.checkDead(all: all) }

    func perform(on console: Console) async throws {
        let steering = Steering(
            verb: "retry", past: JobRetryCommand.past, targets: targets, states: [.dead], confirm: confirm,
            change: change)
        try await connection.withClient(on: console) { client, _ in
            try await steering.perform(client, on: console) { queue, ids, _ in
                try await queue.retryDead(ids).map(JobRetryCommand.verdict)
            }
            console.hint("watch: stint queue ls --watch")
        }
    }
}

extension JobTargets {
    /// Refuses contradictions of the commands for dead jobs, which take `--all`.
    func checkDead(all: Bool) throws {
        let isFiltered = !queue.isEmpty || name != nil || !tag.isEmpty
        guard !all || !isFiltered else {
            throw ValidationError("--all excludes --queue, --name and --tag.")
        }
        try check([("--all", all)])
    }
}
