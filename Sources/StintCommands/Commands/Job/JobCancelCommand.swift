// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// `stint job cancel`.
struct JobCancelCommand: ConsoleCommand {
    private static let states: [JobState] = [.ready, .delayed, .running]

    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End jobs that wait, and tell jobs that run to stop.",
        discussion: """
            Names jobs by their ids, or all jobs that selectors name: these are asked about with their exact number.

            Examples:
              stint job cancel @last
              stint job cancel %1 %2 --reason 'wrong customer'
              stint job cancel --queue mail --tag customer=7 --state delayed
            """)

    @OptionGroup var targets: JobTargets
    @Option(
        help: ArgumentHelp("Only jobs in these states: ready, delayed, running.", valueName: "a,b,…"),
        transform: { try JobListCommand.states($0, among: JobCancelCommand.states) })
    var state: [JobState]?
    @Option(help: ArgumentHelp("Why, for the job's record.", valueName: "text")) var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try targets.check([("--state", state != nil)]) }

    func perform(on console: Console) async throws {
        let who = try Caller.name(with: reason)
        let states = state ?? Self.states
        let steering = Steering(
            verb: "cancel", past: "cancelled, or told to stop", targets: targets, states: states, confirm: confirm,
            change: change)
        try await connection.withClient(on: console) { client, _ in
            try await steering.perform(client, on: console) { queue, ids, began in
                try await queue.cancel(
                    ids, by: who, ifIn: began.map { _ in Set(states) }, enqueuedBy: began
                ).map(Self.verdict)
            }
        }
    }

    private static func verdict(_ outcome: Queue.CancelOutcome) -> Verdict {
        switch outcome {
        case .cancelled: .done("is cancelled")
        case .requested: .done("runs and is told to stop")
        case .ended: .refused(.refusedByState, "it has ended already")
        case .changed: .changed
        case .damaged: .damaged
        case .notFound: .missing
        }
    }
}
