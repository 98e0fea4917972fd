// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint queue drain Q`.
struct QueueDrainCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Wait until nothing in a queue is ready, delayed or running.",
        discussion: """
            Changes nothing; jobs may be enqueued meanwhile and are waited for too. Ends with 124 when --timeout passes.

            Example:
              stint queue drain mail --timeout 5m && stint queue pause mail
            """)

    @Argument(help: "The queue.", completion: LiveCompletion.queues) var queue: String
    @Option(help: ArgumentHelp("Wait at most this long.", valueName: "time"), transform: DurationArgument.parse)
    var timeout: Duration?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            var status = try await client.inspector.known(queue)
            try await warn(status, client, console)
            let start = ContinuousClock.now
            var watch = DrainWatch(status)
            while watch.remaining > 0 {
                console.status(watch.line(elapsed: ContinuousClock.now - start, style: console.errors.style))
                if let timeout, ContinuousClock.now - start >= timeout {
                    tell(status, after: ContinuousClock.now - start, reason: "timeout", console)
                    throw late(watch, timeout)
                }
                try await Invocation.current.pause(.milliseconds(500))
                status = try await client.inspector.queue(queue)
                watch.look(status)
            }
            tell(status, after: ContinuousClock.now - start, reason: nil, console)
            console.done("'\(queue)' is empty after \(TimeText.length(ContinuousClock.now - start))")
        }
    }

    private func tell(_ status: QueueStatus, after time: Duration, reason: String?, _ console: Console) {
        let counts = [("ready", status.ready), ("delayed", status.delayed), ("running", status.running)]
        change.tell(
            queue: queue, done: reason == nil, reason: reason,
            [.init("after_s", Field.length(time).json)] + counts.map { .init($0.0, .integer(Int64($0.1))) },
            on: console)
    }

    /// Says why the wait may never end.
    private func warn(_ status: QueueStatus, _ client: StintClient, _ console: Console) async throws {
        guard status.ready + status.delayed > 0 else { return }
        if status.pause != nil { console.warn("'\(queue)' is paused: stint queue resume \(queue)") }
        if Workforce(try await client.inspector.nodes()).serving(queue).isEmpty {
            console.warn("no worker serves '\(queue)': stint work --queue \(queue)")
        }
        if let due = status.nextDue, due.milliseconds > status.date.milliseconds + 60_000 {
            let time = TimeText.relative(.milliseconds(due.milliseconds - status.date.milliseconds))
            console.warn("the next delayed job of '\(queue)' is due \(time)")
        }
    }

    private func late(_ watch: DrainWatch, _ timeout: Duration) -> CommandFailure {
        CommandFailure(
            .timedOut, "'\(queue)' is not empty after \(TimeText.length(timeout)): \(watch.counts)",
            hints: [.init("What waits there:", "stint job ls --queue \(queue)")])
    }
}
