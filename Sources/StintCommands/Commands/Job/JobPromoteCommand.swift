// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint job promote`.
struct JobPromoteCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make delayed jobs ready now.",
        discussion: """
            Names jobs by their ids, or all delayed jobs that selectors name: these are asked about with their number.

            Examples:
              stint job promote @last
              stint job promote %1 %2
              stint job promote --queue mail --name mail.send --limit 100
            """)

    @OptionGroup var targets: JobTargets
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try targets.check([]) }

    func perform(on console: Console) async throws {
        let steering = Steering(
            verb: "promote", past: "ready", targets: targets, states: [.delayed], confirm: confirm, change: change)
        try await connection.withClient(on: console) { client, _ in
            try await steering.perform(client, on: console) { queue, ids, _ in
                try await queue.promote(ids).map(Self.verdict)
            }
        }
    }

    private static func verdict(_ outcome: Queue.PromoteOutcome) -> Verdict {
        switch outcome {
        case .ready: .done("is ready")
        case .notDelayed: .refused(.refusedByState, "it is not delayed")
        case .damaged: .damaged
        case .notFound: .missing
        }
    }
}
