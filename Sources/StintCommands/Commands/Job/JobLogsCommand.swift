// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint job logs ID`.
struct JobLogsCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a job wrote on stderr, and follow it while it runs.",
        discussion: """
            Examples:
              stint job logs @last
              stint job logs -f %1
              stint job logs %1 --attempt 2 --tail 50 --json
            """,
        aliases: ["log"])

    @Argument(help: "The job's id, %1 for the first row of the last list, or @last.") var id: String
    @Flag(name: .shortAndLong, help: "Go on until the job has ended.") var follow = false
    @Option(help: ArgumentHelp("Begin with the newest lines only.", valueName: "n")) var tail: Int?
    @Option(help: ArgumentHelp("Only the lines of one attempt.", valueName: "n")) var attempt: Int?
    @Option(
        help: ArgumentHelp("Its queue, where the id is one of your own.", valueName: "name"),
        completion: LiveCompletion.queues)
    var queue: String?
    @Flag(help: "Print one JSON object a line.") var json = false
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail must not be negative.") }
        if let attempt, attempt < 1 { throw ValidationError("Attempts are counted from 1.") }
    }

    func perform(on console: Console) async throws {
        let id = try JobNaming.id(id)
        try await connection.withClient(on: console) { client, _ in
            let queue = try await JobNaming(client: client, queue: queue).queueName(of: id)
            let log = JobLog(client: client, id: id, queue: queue)
            var lines = try await log.all()
            var position = lines.last?.position ?? "0-0"
            lines = lines.filter(isWanted)
            if let tail { lines = lines.suffix(tail) }
            print(lines, on: console)
            if lines.isEmpty, !follow { console.talk("job \(id) has written nothing") }
            while follow, console.outputError == nil {
                // The state is read before the lines: what a job wrote before its end is there when the end is seen.
                let job = try await client.inspector.job(id, queue: queue)
                let lines = try await log.after(position)
                position = lines.last?.position ?? position
                print(lines.filter(isWanted), on: console)
                guard let job, !job.summary.state.isFinal else {
                    console.talk("job \(id) has ended" + (job.map { ": \($0.summary.state.rawValue)" } ?? ""))
                    return
                }
                try await Invocation.current.pause(.milliseconds(300))
            }
        }
    }

    private func isWanted(_ line: JobLogLine) -> Bool { attempt == nil || line.attempt == attempt }

    private func print(_ lines: some Sequence<JobLogLine>, on console: Console) {
        for line in lines { console.data(json ? JobLog.json(line).text : JobLog.text(line)) }
    }
}
