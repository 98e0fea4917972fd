// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint

/// How many jobs go in and out in a second, with producers and one worker in this process.
struct ThroughputBench: Sendable {
    /// A payload as a Swift program has it.
    struct Payload: Job {
        static let name = "bench"
        var text: String
    }

    /// How many `enqueue` calls of a producer are under way at a time.
    static let inFlight = 64

    let jobs: Int
    let producers: Int
    let slots: Int
    let payload: Int
    /// Bytes go in and out as they are; otherwise each job is encoded and decoded as JSON.
    let isRaw: Bool

    func run(on stage: BenchStage, console: Console) async throws -> [RateRow] {
        var clients: [StintClient] = []
        for _ in 0..<producers { clients.append(try await stage.connect(on: console)) }
        let worker = try await stage.connect(on: console)
        let rows: [RateRow]
        do {
            rows = try await measure(clients, worker, console)
        } catch {
            for client in clients + [worker] { await client.shutdown() }
            throw error
        }
        for client in clients + [worker] { await client.shutdown() }
        return rows
    }

    private func measure(_ clients: [StintClient], _ drain: StintClient, _ console: Console) async throws -> [RateRow] {
        console.status("enqueueing one by one")
        let single = try await time { try await share(clients, enqueueSingly) }
        console.status("enqueueing in bulk")
        let bulk = try await time { try await share(clients, enqueueInBulk) }
        console.status("running all jobs")
        var options = WorkerOptions()
        options.stopsWhenEmpty = true
        let worker = try Worker(drain, queues: [.init(BenchStage.queue)], slots: slots, options: options) {
            if isRaw {
                Handle(raw: Payload.name) { _, _ in .completed }
            } else {
                Handle(Payload.self) { _, _ in }
            }
        }
        let run = try await time { try await worker.run() }
        console.endStatus()
        try Task.checkCancellation()
        let completed = try await drain.inspector.queue(BenchStage.queue).totals.completed
        guard completed == 2 * jobs else {
            throw CommandFailure(.bug, "\(2 * jobs) jobs were enqueued and \(completed) completed")
        }
        return [
            RateRow(phase: "enqueue, \(Self.inFlight) calls in flight", jobs: jobs, time: single),
            RateRow(phase: "enqueue in bulk", jobs: jobs, time: bulk),
            RateRow(phase: "run and finish", jobs: completed, time: run),
        ]
    }

    private func time(_ body: () async throws -> Void) async throws -> Duration {
        let start = SharedClock.now
        try await body()
        return SharedClock.now - start
    }

    /// Each producer gets its part of the jobs.
    private func share(
        _ clients: [StintClient], _ body: @escaping @Sendable (StintClient, Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, client) in clients.enumerated() {
                let count = jobs / clients.count + (index < jobs % clients.count ? 1 : 0)
                group.addTask { try await body(client, count) }
            }
            try await group.waitForAll()
        }
    }

    private func enqueueSingly(_ client: StintClient, _ count: Int) async throws {
        let job = job
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<Self.inFlight {
                group.addTask {
                    for _ in stride(from: caller, to: count, by: Self.inFlight) {
                        try Task.checkCancellation()
                        if isRaw {
                            try await client.enqueue(
                                name: Payload.name, payload: Array(job.text.utf8), options: Self.options)
                        } else {
                            try await client.enqueue(job, options: Self.options)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func enqueueInBulk(_ client: StintClient, _ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 5_000) {
            try Task.checkCancellation()
            let size = min(5_000, count - start)
            if isRaw {
                let raw = RawJob(name: Payload.name, payload: Array(job.text.utf8), options: Self.options)
                try await client.enqueue(contentsOf: Array(repeating: raw, count: size))
            } else {
                try await client.enqueue(contentsOf: Array(repeating: job, count: size), options: Self.options)
            }
        }
    }

    private var job: Payload { Payload(text: String(repeating: "x", count: payload)) }
    private static let options = JobOptions(queue: BenchStage.queue)
}
