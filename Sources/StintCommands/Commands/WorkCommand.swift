// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// The command `stint work`.
struct WorkCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Run a worker for the functions of stint.yaml.",
        discussion: """
            SIGINT or SIGTERM: claim nothing more, let running jobs end, exit 0 (75 if Redis does not answer); a \
            second one hands them back now, a third ends at once. SIGTSTP: claim nothing more and stay up; SIGCONT: \
            claim again.

            Examples:
              stint work --slots 8
              stint work --queue critical=6,mail=1
              stint work --queue reports --drain
              stint work --health :8080
            """)

    @OptionGroup(title: "Worker") var worker: WorkerArguments
    @OptionGroup(title: "Slots and log") var logging: WorkerLogOptions
    @OptionGroup(title: "General") var connection: ConnectionOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    var talksJSON: Bool { logging.isJSON }

    func perform(on console: Console) async throws {
        // Before Redis is touched: a worker that cannot work must not appear anywhere.
        let functions = try FunctionSet(Configuration.load([:], in: .current))
        try functions.check(on: console)
        try await connection.withClient(on: console, isWorker: true) { client, target in
            var worker = FunctionWorker(
                try FunctionSet(target.configuration), queues: worker.queues.flatMap(\.self),
                options: worker.workerOptions(target.configuration), logging: logging, console: console)
            worker.health = self.worker.health
            try await worker.run(with: client)
        }
    }
}
