// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint job promote ID…`.
struct JobPromoteCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make delayed jobs ready now.",
        discussion: "Examples:\n  stint job promote @last\n  stint job promote %1 %2")

    @OptionGroup var steering: SteeringOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            try await Steering(verb: "promote", options: steering, confirm: confirm).perform(client, on: console) {
                try await $0.promote($1).map(Self.verdict)
            }
        }
    }

    private static func verdict(_ outcome: Queue.PromoteOutcome) -> Verdict {
        switch outcome {
        case .ready: .done("is ready")
        case .notDelayed: .refused(.refusedByState, "it is not delayed")
        case .notFound: .missing
        }
    }
}
