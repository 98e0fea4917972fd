// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// The command `stint job show ID`.
struct JobShowCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about one job: its times, errors, payload and result.",
        discussion: """
            Examples:
              stint job show %1
              stint job show 01J9ZKB80V5SXQ7M3T9C0DWAYB --json | jq .failures
              stint job show @last --payload --raw > payload.bin
            """,
        aliases: ["inspect"])

    @Argument(help: "The job's id, %1 for the first row of the last list, or @last.") var id: String
    @Option(
        help: ArgumentHelp("Its queue, where the id is one of your own.", valueName: "name"),
        completion: LiveCompletion.queues)
    var queue: String?
    @Flag(help: "Print its payload only.") var payload = false
    @Flag(help: "Print its result only.") var result = false
    @Flag(help: "Print its log only.") var log = false
    @Flag(help: "With --payload or --result: the exact bytes, not onto a terminal.") var raw = false
    @Flag(help: "Show the values of passwords, tokens and the like in payload and result.") var reveal = false
    @OptionGroup var document: DocumentOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        let parts = [payload, result, log].count { $0 }
        guard !raw || !reveal else { throw ValidationError("--raw shows everything as it is, without --reveal.") }
        guard !log || !reveal else { throw ValidationError("--reveal is for payload and result.") }
        guard parts <= 1 else { throw ValidationError("--payload, --result and --log exclude each other.") }
        guard !raw || payload || result else { throw ValidationError("--raw needs --payload or --result.") }
        guard parts == 0 || !document.json else { throw ValidationError("--json prints all parts in one document.") }
        guard parts == 0 || !times.utc else { throw ValidationError("--utc needs the whole job: parts have no times.") }
        guard parts == 0 || !watch.watch else { throw ValidationError("--watch shows the whole job.") }
    }

    func perform(on console: Console) async throws {
        let id = try JobNaming.id(id)
        try await connection.withClient(on: console) { client, _ in
            let naming = JobNaming(client: client, queue: queue)
            if log {
                let lines = JobLog(client: client, id: id, queue: try await naming.queueName(of: id))
                for line in try await lines.all() { console.data(JobLog.text(line)) }
            } else if payload || result {
                try print(part: try await naming.details(id), on: console)
            } else if document.json || !console.output.isTerminal {
                try await console.show(document, watch: watch, times: times) {
                    JobFacts.document(try await naming.details(id), reveal: reveal)
                }
            } else {
                try await draw(console) { try await naming.details(id) }
            }
        }
    }

    private func draw(_ console: Console, _ details: () async throws -> JobDetails) async throws {
        while true {
            let page = JobPicture(
                details: try await details(), style: console.output.style, width: console.output.columns,
                utc: times.utc, reveal: reveal)
            guard let period = watch.period else {
                for line in page.lines { console.data(line) }
                return
            }
            if console.output.canRepaint {
                console.repaint(page.lines)
            } else {
                for line in page.lines { console.data(line) }
            }
            guard console.outputError == nil else { return }
            try await Invocation.current.pause(period)
        }
    }

    private func print(part details: JobDetails, on console: Console) throws {
        if let problem = details.seal?.problem { throw CommandFailure.sealed(problem) }
        if payload, details.isPayloadGone {
            throw CommandFailure(
                .failed, "the payload of job \(details.summary.id) is gone from Redis",
                hints: [.init("Delete the job:", "stint job rm \(details.summary.id)")])
        }
        guard let bytes = payload ? details.payload : details.result else {
            throw CommandFailure(
                .notFound, "job \(details.summary.id) has no result: it has not completed, or none was kept")
        }
        guard raw else {
            console.data(JobFacts.text(bytes, reveal: reveal))
            return
        }
        guard !console.output.isTerminal else {
            throw CommandFailure.usage(
                "--raw writes bytes that a terminal could obey; send them elsewhere",
                hints: [.init("Into a file:", Invocation.current.retyped() + " > FILE")])
        }
        console.rawData(bytes)
    }
}
