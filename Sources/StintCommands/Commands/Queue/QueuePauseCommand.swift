// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue pause Q…`.
struct QueuePauseCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Stop claims from queues; running jobs go on, and jobs may be enqueued.",
        discussion: """
            Examples:
              stint queue pause mail --for 10m --reason 'relay is down'
              stint queue pause --all --yes
            """)

    @Argument(help: "The queues.", completion: LiveCompletion.queues) var queues: [String] = []
    @Flag(help: "Pause all queues.") var all = false
    @Option(
        name: .customLong("for"), help: ArgumentHelp("Go on by itself after this time.", valueName: "time"),
        transform: DurationArgument.parse)
    var time: Duration?
    @Option(help: ArgumentHelp("Why, shown to everybody.", valueName: "text")) var reason = ""
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try QueueSelection.check(queues, all: all) }

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let names = try await client.inspector.known(queues, all: all)
            let until = time.map { " for \(TimeText.length($0))" } ?? ""
            let length = JSONValue.Member("for_s", time.map { Field.length($0).json } ?? .null)
            if confirm.dryRun {
                for name in names {
                    change.tell(queue: name, done: false, reason: ChangeOptions.dryRun, [length], on: console)
                }
                console.talk("would pause \(QueueSelection.text(names))\(until)")
                return
            }
            if all { try confirm.confirm("Pause all \(QueueSelection.text(names))\(until)?", on: console) }
            for name in names {
                try await client.queue(name).pause(for: time, reason: reason, by: Caller.name())
                change.tell(queue: name, done: true, [length], on: console)
                console.done("paused '\(name)'\(until)\(reason.isEmpty ? "" : ": \(reason)")")
            }
            console.hint("undo: stint queue resume \(names.joined(separator: " "))")
        }
    }
}
