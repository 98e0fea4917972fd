// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// The command `stint up`.
struct UpCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start everything: a private Redis, if no other is named, and a worker.",
        discussion: """
            Serves all functions of stint.yaml until Ctrl-C: once lets running jobs end, twice hands them back.

            Examples:
              stint up
              stint up --slots 4 --data /var/lib/stint
            """)

    @OptionGroup(title: "Worker") var logging: WorkerLogOptions
    @OptionGroup(title: "General") var connection: ConnectionOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    var talksJSON: Bool { logging.isJSON }

    func perform(on console: Console) async throws {
        let functions = try FunctionSet(Configuration.load(connection.flags(), in: .current))
        try functions.check(on: console)
        try await connection.withClient(on: console, isWorker: true) { client, target in
            let set = try FunctionSet(target.configuration)
            let options = WorkerOptions(target.configuration)
            let worker = FunctionWorker(set, queues: [], options: options, logging: logging, console: console)
            tell(set, worker, console)
            try await worker.run(with: client)
        }
    }

    private func tell(_ functions: FunctionSet, _ worker: FunctionWorker, _ console: Console) {
        let all = functions.configuration.functions
        let names = all.map(\.pattern.description)
        let shown = names.prefix(20).joined(separator: " ") + (names.count > 20 ? " …" : "")
        let queues = worker.queues.map(\.name).joined(separator: " ")
        console.done(
            "serving \(names.count) function\(names.count == 1 ? "" : "s") with \(worker.slots) slot\(worker.slots == 1 ? "" : "s"): \(shown)"
        )
        console.talk("  queues: \(queues)     Ctrl-C ends it")
        guard !console.talksJSON, let job = ProjectExample.sampleJob(for: all.map(\.pattern)) else { return }
        console.talk("  in a second terminal:   stint enqueue \(job) --wait")
    }
}
