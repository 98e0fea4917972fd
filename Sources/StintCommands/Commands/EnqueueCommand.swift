// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// The command `stint enqueue`.
struct EnqueueCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue", abstract: "Put a job into a queue, or many.",
        usage: """
            stint enqueue NAME [PAYLOAD | @FILE | -] [options]
            stint enqueue --bulk [FILE | -] [options]
            """,
        discussion: """
            The payload is JSON and is queued byte for byte; --raw takes any bytes. stdout is the job's id, or with \
            --wait and --follow its result.

            Examples:
              stint enqueue resize '{"id": 7, "w": 640}' --in 5m
              stint enqueue resize @payload.json --priority high --key order:7
              stint enqueue hello '{"name": "Wang"}' --wait --wait-timeout 30s
              stint enqueue --bulk jobs.ndjson --rate 1000/s --on-error skip
              psql -Atc 'select row_to_json(users) from users' | stint enqueue --bulk - --name mail.send --key-field id
            """)

    @Argument(
        help: ArgumentHelp("The job's name; with --bulk the file.", valueName: "name"),
        completion: LiveCompletion.jobs)
    var name: String?
    @Argument(help: ArgumentHelp("The payload: JSON, @FILE or - for stdin (default: {}).", valueName: "payload"))
    var payload: String?
    @OptionGroup(title: "Job") var job: EnqueueOptions
    @Option(help: ArgumentHelp("An id of your own: enqueuing it again adds nothing.", valueName: "id")) var id: String?
    @Flag(help: "The payload is any bytes, not JSON.") var raw = false
    @Option(help: ArgumentHelp("Enqueue the same job so often.", valueName: "number")) var count = 1
    @OptionGroup(title: "Waiting") var waiting: WaitOptions
    @OptionGroup(title: "Many jobs") var bulk: BulkOptions
    @OptionGroup(title: "General") var connection: ConnectionOptions
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        let waits = waiting.isWaiting
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count must be 1 to 1000000.") }
        if job.onDuplicate != nil, job.key == nil, bulk.keyField == nil, !bulk.bulk {
            throw ValidationError("--on-duplicate needs --key.")
        }
        if job.keyWindow != nil, job.key == nil, id == nil, !bulk.bulk {
            throw ValidationError("--key-window needs --key or --id.")
        }
        if json, bulk.ids == "-" { throw ValidationError("--ids - and --json both print on stdout; name a file.") }
        if bulk.bulk {
            let single: [(String, Bool)] = [
                ("--wait", waits), ("--id", id != nil), ("--raw", raw), ("--count", count != 1),
                ("--key", job.key != nil), ("a second argument", payload != nil),
            ]
            if let (option, _) = single.first(where: \.1) {
                throw ValidationError("\(option) cannot be used with --bulk.")
            }
        } else {
            guard name != nil else { throw ValidationError("A job needs a name: stint enqueue NAME [PAYLOAD].") }
            if count > 1, id != nil || waits {
                throw ValidationError("--count cannot be used with --id, --wait or --follow.")
            }
        }
    }

    func perform(on console: Console) async throws {
        if bulk.bulk {
            let command = BulkEnqueue(
                input: name ?? "-", job: job, bulk: bulk, connection: connection, json: json, console: console)
            return try await command.run()
        }
        let invocation = Invocation.current
        let name = name ?? ""
        // Everything that can be checked is checked before Redis is touched: half a command is worse than none.
        let payload = try PayloadArgument(payload).bytes(for: name, raw: raw, invocation)
        var options = try job.jobOptions(invocation)
        if let id { options.id = try JobID(id) }
        if waiting.isWaiting { options.isAwaited = true }
        let configuration = try Configuration.load(connection.flags(), in: invocation)
        try RawJob(name: name, payload: payload, options: options).check(maxPayloadBytes: configuration.payloadBound)
        try await connection.withClient(on: console) { client, target in
            var plan = JobPlan(target.configuration, attempts: job.attempts, backoff: job.backoff)
            let filled = plan.filled(options, name: name)
            UnknownNames(plan, console).look(at: name)
            let raw = RawJob(name: name, payload: payload, options: filled)
            let report = EnqueueReport(console: console, json: json, isQuietOnData: waiting.isWaiting)
            if count > 1 {
                try await enqueueMany(raw, client, target, report)
                return
            }
            // Meanwhile, so that nobody waits for it afterwards.
            let nodes = Task { try? await client.inspector.nodes() }
            let receipt = try await enqueue(raw, client)
            RowReferences.current.remember(last: receipt.id.description)
            await report.tell(receipt, of: raw, nodes: nodes, client.inspector)
            if waiting.isWaiting {
                try await JobWait(client: client, receipt: receipt, options: waiting, json: json, console: console)
                    .run()
            }
            try EnqueueReport.check(receipt, target)
        }
    }

    private func enqueue(_ job: RawJob, _ client: StintClient) async throws -> EnqueueReceipt {
        do throws(StintError) {
            return try await client.enqueue(name: job.name, payload: job.payload, options: job.options)
        } catch  where error.code == .duplicateJob {
            throw EnqueueReport.duplicate(error)
        }
    }

    private func enqueueMany(
        _ job: RawJob, _ client: StintClient, _ target: RedisTarget, _ report: EnqueueReport
    ) async throws {
        var left = count
        var added = 0
        var unconfirmed: EnqueueReceipt?
        while left > 0 {
            let receipts = try await client.enqueue(contentsOf: Array(repeating: job, count: min(left, 1_000)))
            for receipt in receipts where receipt.outcome != .queueFull {
                report.data(receipt, of: job)
                if !receipt.isConfirmed { unconfirmed = unconfirmed ?? receipt }
                added += receipt.isNew ? 1 : 0
            }
            if let last = receipts.last(where: { $0.outcome != .queueFull }) {
                RowReferences.current.remember(last: last.id.description)
            }
            left -= receipts.count
            guard let last = receipts.last else { break }
            if last.outcome == .queueFull {
                throw CommandFailure(
                    added > 0 ? .partlyDone : .refusedByState,
                    "the queue '\(last.queue)' has reached its depth limit: \(added) of \(count) jobs were queued",
                    hints: [.init("What waits there:", "stint queue show \(last.queue)")])
            }
        }
        await report.tellMany(count: added, of: count, job, client.inspector)
        if let unconfirmed { try EnqueueReport.check(unconfirmed, target) }
    }
}
