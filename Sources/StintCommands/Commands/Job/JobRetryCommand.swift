// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint job retry`.
struct JobRetryCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Give dead jobs all their attempts again.",
        discussion: """
            Names jobs by their ids, or all dead jobs that selectors name: these are asked about with their number.

            Examples:
              stint job retry %1
              stint job retry %1 %2 %3
              stint job retry --queue mail --tag customer=7
            """)

    @OptionGroup var targets: JobTargets
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try targets.check([]) }

    func perform(on console: Console) async throws {
        let steering = Steering(
            verb: "retry", past: Self.past, targets: targets, states: [.dead], confirm: confirm, change: change)
        try await connection.withClient(on: console) { client, _ in
            try await steering.perform(client, on: console) { queue, ids, _ in
                try await queue.retryDead(ids).map(Self.verdict)
            }
            console.hint("watch: stint job ls --watch")
        }
    }

    static let past = "ready again, with all their attempts"

    static func verdict(_ outcome: Queue.RetryOutcome) -> Verdict {
        switch outcome {
        case .ready: .done("is ready again")
        case .keyTaken: .refused(.refusedByState, "another job holds its unique key now")
        case .notDead: .refused(.refusedByState, "it is not dead (a delayed job is made ready with: stint job promote)")
        case .payloadGone: .refused(.refusedByState, "its payload is gone from Redis; delete it with: stint job rm")
        case .damaged: .damaged
        case .notFound: .missing
        }
    }
}
