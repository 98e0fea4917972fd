// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import Stint
import StintFunctions
import StintTerminal

/// The command `stint run`.
struct RunCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a function here and now, without a queue.",
        usage: """
            stint run NAME [PAYLOAD | @FILE | -]
            stint run --job ID
            """,
        discussion: """
            The function gets what a worker would give it. Its result goes to stdout, its log to stderr; the exit code \
            is 0 if its job would be done, else 1.

            Examples:
              stint run hello '{"name": "Wang"}'
              stint run resize @payload.json
              stint run --job @last
            """)

    @Argument(help: ArgumentHelp("The job's name.", valueName: "name"), completion: LiveCompletion.jobs)
    var name: String?
    @Argument(help: ArgumentHelp("The payload: JSON, @FILE or - for stdin (default: {}).", valueName: "payload"))
    var payload: String?
    @Flag(help: "The payload is any bytes, not JSON.") var raw = false
    @Option(help: ArgumentHelp("Run with the name and payload of this job; it stays as it is.", valueName: "id"))
    var job: String?
    @Flag(help: "Print the outcome as one JSON document.") var json = false
    @OptionGroup(title: "General") var connection: ConnectionOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if job == nil, name == nil { throw ValidationError("A name or --job ID is needed.") }
        if job != nil, name != nil || raw { throw ValidationError("--job brings its own name and payload.") }
        if job == nil, !connection.flags().isEmpty {
            throw ValidationError("--redis, --namespace and --data need --job: nothing else here asks Redis.")
        }
    }

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        let configuration = try Configuration.load([:], in: invocation)
        let subject = try await subject(configuration, on: console)
        let functions = try FunctionSet(configuration)
        let run = FunctionRun(
            function: try functions.function(for: subject.name), runner: functions.runner, console: console,
            logBound: configuration.logBound)
        try await SignalWatch.cancelling {
            try await run.perform(subject.payload, subject.environment, name: json ? subject.name : nil)
        }
    }

    private func subject(
        _ configuration: Configuration, on console: Console
    ) async throws -> (name: String, payload: [UInt8], environment: FunctionEnvironment) {
        let invocation = Invocation.current
        guard let job else {
            let name = name ?? ""
            let bytes = try PayloadArgument(payload).bytes(for: name, of: "stint run", raw: raw, invocation)
            let options = configuration.options(for: name)
            let queue = options.queue ?? "default"
            let id = "run-\(invocation.now())"
            let environment = FunctionEnvironment(
                id: id, name: name, queue: queue, maxAttempts: options.retry?.attempts,
                deadline: options.timeout.map { Self.deadline($0) }, idempotencyKey: "\(queue)/\(id)")
            return (name, bytes, environment)
        }
        let id = try JobID(RowReferences.current.resolve(job))
        return try await connection.withClient(on: console) { client, target in
            guard let details = try await client.inspector.job(id) else {
                throw CommandFailure(
                    .notFound, "there is no job \(id), or it ended and was not kept",
                    hints: [.init("List jobs:", "stint job ls")])
            }
            if let problem = details.seal?.problem { throw CommandFailure.sealed(problem) }
            guard
                details.seal != nil || target.configuration[.keys].value == nil
                    || target.configuration[.sealing].value == "accepting"
            else {
                throw CommandFailure(
                    .noPermission, "job \(id) is not sealed, and only sealed jobs are run where there are keys",
                    hints: [.init("Run it all the same:", "STINT_SEALING=accepting stint run --job \(id)")])
            }
            let summary = details.summary
            let environment = FunctionEnvironment(
                id: "\(summary.id)", name: summary.name, queue: summary.queue, attempt: max(1, summary.attempt),
                maxAttempts: summary.maxAttempts,
                deadline: details.timeoutMilliseconds.map { Self.deadline(.milliseconds($0)) },
                fence: details.fence ?? 0, idempotencyKey: "\(summary.queue)/\(summary.id)")
            return (summary.name, details.payload, environment)
        }
    }

    private static func deadline(_ time: Duration) -> Date {
        let (seconds, attoseconds) = time.components
        return Date(timeIntervalSinceNow: Double(seconds) + Double(attoseconds) / 1e18)
    }
}
