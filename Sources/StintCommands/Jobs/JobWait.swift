// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Waits for the end of a job and prints its result; with `--follow` its log as well.
struct JobWait {
    let client: StintClient
    let receipt: EnqueueReceipt
    let options: WaitOptions
    let json: Bool
    let console: Console

    /// How often the log is read: people read no faster.
    private static let period = Duration.milliseconds(200)

    func run() async throws {
        let result: JobResult
        do {
            result = try await SignalWatch.cancelling { [self] in try await outcome() }
        } catch let error where error is CancellationError || (error as? StintError)?.code == .closed {
            throw CommandFailure(
                .interrupted, "nobody waits for job \(receipt.id) any more; it goes on",
                hints: [
                    .init("Look at it:", "stint job show \(receipt.id)"),
                    .init("Stop it:", "stint job cancel \(receipt.id)"),
                ])
        } catch let error as StintError where error.code == .timedOut {
            let limit = options.limit.map { TimeText.length($0) } ?? ""
            throw CommandFailure(
                .timedOut, "job \(receipt.id) has not ended within \(limit); it goes on",
                hints: [.init("Look at it:", "stint job show \(receipt.id)")])
        }
        try tell(result)
    }

    private func outcome() async throws -> JobResult {
        let (client, receipt, options) = (client, receipt, options)
        guard options.follow else {
            return try await client.outcome(of: receipt.id, queue: receipt.queue, timeout: options.limit)
        }
        let console = console
        let log = FollowedLog(client: client, receipt: receipt)
        return try await withThrowingTaskGroup(of: JobResult?.self) { group in
            group.addTask {
                try await client.outcome(of: receipt.id, queue: receipt.queue, timeout: options.limit)
            }
            group.addTask {
                await log.follow(on: console, every: Self.period)
                return nil
            }
            // The log's task ends only when it is cancelled, so the first to end is the job.
            let first = try await group.next() ?? nil
            group.cancelAll()
            try await group.waitForAll()
            guard let first else { throw CancellationError() }
            return first
        }
    }

    private func tell(_ result: JobResult) throws {
        if json {
            var members: [JSONValue.Member] = [
                .init("id", .string(result.id.description)), .init("queue", .string(result.queue)),
                .init("state", .string(result.state.rawValue)), .init("attempts", .integer(Int64(result.attempts))),
            ]
            if let reason = result.reason { members.append(.init("reason", .string(reason))) }
            members += JSONValue.members("result", bytes: result.bytes ?? Array("null".utf8))
            console.document(.object(members))
        } else if let bytes = result.bytes {
            console.result(bytes)
        }
        guard result.state == .completed else {
            let way = result.state == .dead ? "is dead after" : "was cancelled after"
            let attempts = "\(result.attempts) attempt\(result.attempts == 1 ? "" : "s")"
            throw CommandFailure(
                .failed, "job \(result.id) \(way) \(attempts): \(result.reason ?? "no reason given")",
                hints: [.init("All of it:", "stint job show \(result.id)")])
        }
    }
}

/// Reads on in the log of a job.
private struct FollowedLog: Sendable {
    let client: StintClient
    let receipt: EnqueueReceipt

    /// Prints new lines until the task is cancelled, and then what is left.
    func follow(on console: Console, every period: Duration) async {
        var position = "0-0"
        while true {
            let isLast = Task.isCancelled
            // A log that cannot be read at the moment must not end the wait for the job.
            let lines = try? await client.inspector.log(
                of: receipt.id, queue: receipt.queue, after: position, limit: 1_000)
            for line in lines ?? [] { console.talk(line.text) }
            position = lines?.last?.position ?? position
            if lines?.count == 1_000 { continue }
            if isLast { return }
            try? await Task.sleep(for: period)
        }
    }
}
