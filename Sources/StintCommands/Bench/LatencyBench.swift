// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import Synchronization

/// How long it takes from an `enqueue` call in this process until a handler begins in another one, on an idle system.
///
/// Both read the same clock. The moment before the call counts, so what is told is never less than what a user sees.
struct LatencyBench: Sendable {
    let samples: Int
    /// What the jobs are delayed by; it is taken off the result, so that only the lateness is left.
    let delay: Duration?

    /// Jobs that are run first and do not count: connections are opened and scripts loaded by them.
    private static let warmUps = 20

    func run(on stage: BenchStage, console: Console) async throws -> [TimeRow] {
        let client = try await stage.connect(on: console)
        do {
            let worker = try BenchWorkerProcess(stage.target)
            defer { worker.end() }
            let rows = try await measure(client, worker, console)
            await client.shutdown()
            return rows
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func measure(
        _ client: StintClient, _ worker: BenchWorkerProcess, _ console: Console
    ) async throws -> [TimeRow] {
        var random = SystemRandomNumberGenerator()
        for number in 0..<Self.warmUps {
            _ = try await enqueue(-1 - number, client, delay: nil)
            try await worker.wait(for: number + 1, within: .seconds(20))
        }
        var called: [Duration] = []
        var calls: [Duration] = []
        for number in 0..<samples {
            // Delayed jobs are spread so that no two are due together; others start on a worker that waits.
            let pause = delay == nil ? 10_000 : 50_000
            try await Task.sleep(for: .microseconds(pause + Int.random(in: 0..<pause / 5, using: &random)))
            let start = SharedClock.now
            calls.append(try await enqueue(number, client, delay: delay))
            called.append(start)
            console.status("\(number + 1) of \(samples) jobs")
        }
        try await worker.wait(for: Self.warmUps + samples, within: (delay ?? .zero) + .seconds(20))
        console.endStatus()
        let starts = worker.starts
        var times: [Duration] = []
        for number in 0..<samples {
            guard let start = starts[number] else { throw CommandFailure(.bug, "job \(number) did not run") }
            times.append(start - called[number] - (delay ?? .zero))
        }
        let name = delay == nil ? "enqueue call to start" : "start after it is due"
        return [
            TimeRow(measure: name, samples: Samples(times)),
            TimeRow(measure: "enqueue call to receipt", samples: Samples(calls)),
        ]
    }

    private func enqueue(_ number: Int, _ client: StintClient, delay: Duration?) async throws -> Duration {
        let start = SharedClock.now
        try await client.enqueue(
            name: BenchWorkerCommand.job, payload: Array("\(number)".utf8),
            options: JobOptions(queue: BenchStage.queue, delay: delay))
        return SharedClock.now - start
    }
}
