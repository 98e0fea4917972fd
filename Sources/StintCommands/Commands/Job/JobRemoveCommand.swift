// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint job rm`.
struct JobRemoveCommand: ConsoleCommand {
    private static let states: [JobState] = [.ready, .delayed, .dead, .completed, .cancelled]

    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Delete jobs that do not run, with all that is known of them.",
        discussion: """
            Names jobs by their ids, or all jobs that selectors name: these are asked about with their exact number.

            Examples:
              stint job rm %1
              stint job rm %1 %2 --yes
              stint job rm --queue mail --name mail.send --state completed,cancelled --dry-run
            """,
        aliases: ["delete", "remove"])

    @OptionGroup var targets: JobTargets
    @Option(
        help: ArgumentHelp(
            "Only jobs in these states: ready, delayed, dead, completed, cancelled.", valueName: "a,b,…"),
        transform: { try JobListCommand.states($0, among: JobRemoveCommand.states) })
    var state: [JobState]?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try targets.check([("--state", state != nil)]) }

    func perform(on console: Console) async throws {
        let states = state ?? Self.states
        let steering = Steering(
            verb: "delete", past: "deleted", targets: targets, states: states, confirm: confirm, change: change,
            asks: true)
        try await connection.withClient(on: console) { client, _ in
            try await steering.perform(client, on: console) { queue, ids, began in
                // What is named may be in any state; what selectors found, in theirs.
                try await queue.remove(ids, ifIn: began.map { _ in Set(states) }, enqueuedBy: began).map(Self.verdict)
            }
        }
    }

    static func verdict(_ outcome: Queue.RemoveOutcome) -> Verdict {
        switch outcome {
        case .removed: .done("is deleted")
        case .running: .refused(.refusedByState, "it runs; cancel it first: stint job cancel")
        case .changed: .changed
        case .notFound: .missing
        }
    }
}
