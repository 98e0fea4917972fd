// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint job retry ID…`.
struct JobRetryCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Give dead jobs all their attempts again.",
        discussion: "Examples:\n  stint job retry %1\n  stint job retry %1 %2 %3\n  stint dead retry --queue mail")

    @OptionGroup var steering: SteeringOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            try await Steering(verb: "retry", options: steering, confirm: confirm).perform(client, on: console) {
                try await $0.retryDead($1).map(Self.verdict)
            }
            console.hint("watch: stint job ls --watch")
        }
    }

    static func verdict(_ outcome: Queue.RetryOutcome) -> Verdict {
        switch outcome {
        case .ready: .done("is ready again")
        case .keyTaken: .refused(.refusedByState, "another job holds its unique key now")
        case .notDead: .refused(.refusedByState, "it is not dead (a delayed job is made ready with: stint job promote)")
        case .notFound: .missing
        }
    }
}
