// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue resume Q…`.
struct QueueResumeCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let claims from paused queues go on.",
        discussion: "Examples:\n  stint queue resume mail\n  stint queue resume --all --yes")

    @Argument(help: "The queues.", completion: LiveCompletion.queues) var queues: [String] = []
    @Flag(help: "Resume all queues that are paused.") var all = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws { try QueueSelection.check(queues, all: all) }

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            var names = try await client.inspector.known(queues, all: all)
            if all {
                names = try await client.inspector.readableQueues(on: console).filter { $0.pause != nil }.map(\.name)
                guard !names.isEmpty else {
                    console.talk("no queue is paused")
                    return
                }
            }
            if confirm.dryRun {
                for name in names { change.tell(queue: name, done: false, reason: ChangeOptions.dryRun, on: console) }
                console.talk("would resume \(QueueSelection.text(names))")
                return
            }
            if all { try confirm.confirm("Resume \(QueueSelection.text(names)) that are paused?", on: console) }
            for name in names {
                // After a lost reply the call is repeated, and finds the queue as it left it.
                let wasPaused = try await client.queue(name).resume()
                change.tell(queue: name, done: wasPaused, reason: wasPaused ? nil : "it is not paused", on: console)
                if wasPaused { console.done("resumed '\(name)'") } else { console.talk("'\(name)' is not paused") }
            }
        }
    }
}
