// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint job cancel ID…`.
struct JobCancelCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End jobs that wait, and tell jobs that run to stop.",
        discussion: "Examples:\n  stint job cancel @last\n  stint job cancel %1 %2 --reason 'wrong customer'")

    @OptionGroup var steering: SteeringOptions
    @Option(help: ArgumentHelp("Why, for the job's record.", valueName: "text")) var reason: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let who = try Caller.name(with: reason)
        try await connection.withClient(on: console) { client, _ in
            try await Steering(verb: "cancel", options: steering, confirm: confirm).perform(client, on: console) {
                try await $0.cancel($1, by: who).map(Self.verdict)
            }
        }
    }

    private static func verdict(_ outcome: Queue.CancelOutcome) -> Verdict {
        switch outcome {
        case .cancelled: .done("is cancelled")
        case .requested: .done("runs and is told to stop")
        case .ended: .refused(.refusedByState, "it has ended already")
        case .notFound: .missing
        }
    }
}
