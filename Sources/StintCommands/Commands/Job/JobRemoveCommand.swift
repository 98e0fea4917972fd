// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint job rm ID…`.
struct JobRemoveCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Delete jobs that do not run, with all that is known of them.",
        discussion: "Examples:\n  stint job rm %1\n  stint job rm %1 %2 --yes",
        aliases: ["delete", "remove"])

    @OptionGroup var steering: SteeringOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let steering = Steering(verb: "delete", options: steering, confirm: confirm, asks: true)
            try await steering.perform(client, on: console) { try await $0.remove($1).map(Self.verdict) }
        }
    }

    static func verdict(_ outcome: Queue.RemoveOutcome) -> Verdict {
        switch outcome {
        case .removed: .done("is deleted")
        case .running: .refused(.refusedByState, "it runs; cancel it first: stint job cancel")
        case .notFound: .missing
        }
    }
}
