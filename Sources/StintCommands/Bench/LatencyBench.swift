// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Histogram
import Stint

/// How long it takes from an `enqueue` call in this process until a handler begins in another one.
///
/// Both read the same clock. The moment at which the call was to be made counts, so what is told is never less than
/// what a user sees.
struct LatencyBench: Sendable {
    let samples: Int
    /// Calls a second.
    let rate: Double
    /// Worker processes, each with 16 slots.
    let workers: Int
    /// What the jobs are delayed by; it is taken off the result, so that only the lateness is left.
    let delay: Duration?
    /// Jobs that wait meanwhile and are run at full speed; the measured ones are urgent.
    let waiting: Int

    private static let slots = 16

    /// Jobs that are run first and do not count: connections are opened and scripts loaded by them.
    private static let warmUps = 20

    func run(on stage: BenchStage, console: Console) async throws -> [TimeRow] {
        let client = try await stage.connect(on: console)
        do {
            try await fill(client, console)
            let words = ["--slots", "\(Self.slots)"]
            let rows = try await BenchWorkerProcess.with(workers, stage.target, words) { workers in
                try await measure(client, workers, console)
            }
            await client.shutdown()
            return rows
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func measure(
        _ client: StintClient, _ workers: [BenchWorkerProcess], _ console: Console
    ) async throws -> [TimeRow] {
        for worker in workers { try worker.go() }
        for number in 0..<Self.warmUps {
            try await enqueue(at: .zero, client, delay: nil)
            try await wait(for: number + 1, client)
        }
        let calls = SharedTimes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for await moment in Pacer(count: samples, rate: rate).moments() {
                group.addTask {
                    try await enqueue(at: moment, client, delay: delay)
                    let count = calls.record(SharedClock.now - moment)
                    if count % 100 == 0 { console.status("\(count) of \(samples) jobs") }
                }
            }
            try Task.checkCancellation()
            try await group.waitForAll()
        }
        if let delay { try await Task.sleep(for: delay) }
        try await wait(for: Self.warmUps + samples, client)
        console.endStatus()
        var delays = Histogram<UInt64>.nanoseconds
        var early = 0
        for worker in workers {
            worker.end()
            let report = try await worker.report()
            delays.add(report.delays)
            early += report.early
        }
        guard delays.totalCount == samples else {
            throw CommandFailure(.bug, "\(samples) jobs were enqueued and \(delays.totalCount) ran")
        }
        guard early == 0 else { throw CommandFailure(.bug, "\(early) jobs started before they were due") }
        return [
            TimeRow(measure: delay == nil ? "enqueue call to start" : "start after it is due", times: delays),
            TimeRow(measure: "enqueue call to receipt", times: calls.times),
        ]
    }

    /// Waits until so many jobs have been completed, or where others wait, until none of them is left to be claimed.
    private func wait(for count: Int, _ client: StintClient) async throws {
        let deadline = SharedClock.now + .seconds(60)
        while try await !isDone(count, client.inspector.queue(BenchStage.queue)) {
            guard SharedClock.now < deadline else {
                throw CommandFailure(.timedOut, "not all of \(count) jobs were run within 60 s after the last")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func isDone(_ count: Int, _ queue: QueueStatus) throws -> Bool {
        guard waiting > 0 else { return queue.totals.completed >= count }
        guard queue.ready > 0 else {
            throw CommandFailure(.failed, "the \(waiting) waiting jobs were all run before the last sample was")
        }
        return queue.readyByPriority.first == 0
    }

    /// Enqueues a job whose payload is the moment in nanoseconds from which its time counts; zero for one that does not.
    private func enqueue(at moment: Duration, _ client: StintClient, delay: Duration?) async throws {
        let origin = moment == .zero ? moment : moment + (delay ?? .zero)
        try await client.enqueue(
            name: BenchWorkerCommand.job, payload: Array("\(Int64(origin / .nanoseconds(1)))".utf8),
            options: JobOptions(queue: BenchStage.queue, priority: waiting > 0 ? .urgent : nil, delay: delay))
    }

    /// Enqueues what waits: jobs that are no samples, since their payloads tell no moment.
    private func fill(_ client: StintClient, _ console: Console) async throws {
        let options = JobOptions(queue: BenchStage.queue)
        for start in stride(from: 0, to: waiting, by: 5_000) {
            try Task.checkCancellation()
            console.status("enqueueing \(waiting) jobs that wait")
            let jobs = (start..<min(start + 5_000, waiting)).map { number in
                RawJob(
                    name: BenchWorkerCommand.job, payload: Array(BenchPayload.text(number % 1_000, 200).utf8),
                    options: options)
            }
            try await client.enqueue(contentsOf: jobs)
        }
    }
}
