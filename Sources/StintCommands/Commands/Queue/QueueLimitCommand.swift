// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue limit Q N|none`.
struct QueueLimitCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Set how many jobs may wait in a queue before enqueues are refused.",
        discussion: "Examples:\n  stint queue limit mail 100000\n  stint queue limit mail none")

    @Argument(help: "The queue.", completion: LiveCompletion.queues) var queue: String
    @Argument(help: "The most jobs that may be ready or delayed, or none.") var limit: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard limit == "none" || Int(limit).map({ (0...1_000_000_000).contains($0) }) == true else {
            throw ValidationError("'\(limit)' is no limit; write a number up to 1000000000, or none.")
        }
    }

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let isKnown = try await client.inspector.queueNames().contains(queue)
            let before = try await client.inspector.queue(queue).depthLimit
            try await client.queue(queue).setDepthLimit(Int(limit))
            change.tell(
                queue: queue, done: true,
                [
                    .init("depth_limit", Field.count(Int(limit)).json),
                    .init("depth_limit_before", Field.count(before).json),
                ], on: console)
            if !isKnown { console.warn("there was no queue '\(queue)' before") }
            let text =
                Int(limit).map { "at most \(NumberText.grouped($0)) jobs may wait" } ?? "any number of jobs may wait"
            console.done("'\(queue)': \(text)")
            console.hint("undo: stint queue limit \(queue) \(before.map { "\($0)" } ?? "none")")
        }
    }
}
