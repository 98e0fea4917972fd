// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint

/// How many jobs go in and out in a second, with producers in this process and workers in others, and what it costs.
struct ThroughputBench: Sendable {
    /// How many `enqueue` calls are under way at a time, of all producers together.
    static let inFlight = 64

    let jobs: Int
    let producers: Int
    let workers: Int
    let slots: Int
    let payload: Int
    /// Queues over which the jobs are spread, one after the other.
    let queues: Int
    /// Jobs that wait before the measured ones come, and are not all run.
    let waiting: Int
    /// Bytes go in and out as they are; otherwise each job is encoded and decoded as JSON.
    let isRaw: Bool

    func run(on stage: BenchStage, console: Console) async throws -> [RateRow] {
        var clients: [StintClient] = []
        for _ in 0..<producers { clients.append(try await stage.connect(on: console)) }
        let rows: [RateRow]
        do {
            rows = try await measure(clients, stage, console)
        } catch {
            for client in clients { await client.shutdown() }
            throw error
        }
        for client in clients { await client.shutdown() }
        return rows
    }

    private func measure(
        _ clients: [StintClient], _ stage: BenchStage, _ console: Console
    ) async throws -> [RateRow] {
        // What exists once for all jobs of a queue is no part of what one takes.
        let first = max(500, producers * queues)
        let load = BenchLoad(bytes: payload, isRaw: isRaw, queues: queues)
        try await share(clients, first, load, enqueueSingly)
        var rows: [RateRow] = []
        if waiting > 0 {
            console.status("enqueueing \(waiting) jobs that wait")
            rows.append(
                try await row("enqueue those that wait", waiting, clients[0]) {
                    try await share(clients, waiting, load, enqueueInBulk)
                })
        }
        console.status("enqueueing one by one")
        let single = try await row("enqueue, \(Self.inFlight) calls in flight", jobs, clients[0]) {
            try await share(clients, jobs, load, enqueueSingly)
        }
        console.status("enqueueing in bulk")
        let bulk = try await row("enqueue in bulk", jobs, clients[0]) {
            try await share(clients, jobs, load, enqueueInBulk)
        }
        console.status("running the jobs")
        let drain = try await drain(first + 2 * jobs, clients[0], stage)
        console.endStatus()
        try Task.checkCancellation()
        var completed = 0
        for queue in BenchStage.queues(queues) {
            completed += try await clients[0].inspector.queue(queue).totals.completed
        }
        guard completed == drain.jobs else {
            throw CommandFailure(.bug, "\(drain.jobs) jobs were to be run and \(completed) completed")
        }
        return rows + [single, bulk, drain]
    }

    private func row(
        _ phase: String, _ jobs: Int, _ client: StintClient, _ body: () async throws -> Void
    ) async throws -> RateRow {
        let before = try await BenchUsage.now(client)
        let start = SharedClock.now
        try await body()
        let time = SharedClock.now - start
        return RateRow(phase: phase, jobs: jobs, time: time, usage: try await .now(client).since(before))
    }

    /// Runs all jobs or, while others are to go on waiting, each worker's part of so many.
    private func drain(_ jobs: Int, _ client: StintClient, _ stage: BenchStage) async throws -> RateRow {
        let part = jobs / workers
        let jobs = waiting == 0 ? jobs : part * workers
        let end = waiting == 0 ? ["--drain"] : ["--max-jobs", "\(part)"]
        let words = end + ["--slots", "\(slots)", "--queues", "\(queues)"] + (isRaw ? ["--raw"] : [])
        return try await BenchWorkerProcess.with(workers, stage.target, words) { workers in
            let before = try await BenchUsage.now(client)
            let start = SharedClock.now
            for worker in workers { try worker.go() }
            var reports: [BenchWorkerReport] = []
            for worker in workers { reports.append(try await worker.report()) }
            let time = SharedClock.now - start
            var usage = try await BenchUsage.now(client).since(before, workers: reports)
            usage.memory = nil
            return RateRow(
                phase: "run and finish", jobs: jobs, time: time, usage: usage,
                workerMemory: reports.map(\.peakMemory).max())
        }
    }

    /// Each producer gets its part of the jobs.
    private func share(
        _ clients: [StintClient], _ jobs: Int, _ load: BenchLoad,
        _ body: @escaping @Sendable (StintClient, Int, BenchLoad) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, client) in clients.enumerated() {
                let count = jobs / clients.count + (index < jobs % clients.count ? 1 : 0)
                group.addTask { try await body(client, count, load) }
            }
            try await group.waitForAll()
        }
    }

    private func enqueueSingly(_ client: StintClient, _ count: Int, _ load: BenchLoad) async throws {
        let callers = max(1, Self.inFlight / producers)
        let (jobs, payloads, options) = (load.jobs, load.payloads, load.options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for index in stride(from: caller, to: count, by: callers) {
                        try Task.checkCancellation()
                        if isRaw {
                            let payload = payloads[index % payloads.count]
                            try await client.enqueue(
                                name: BenchPayload.name, payload: payload, options: options[index % queues])
                        } else {
                            try await client.enqueue(jobs[index % jobs.count], options: options[index % queues])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func enqueueInBulk(_ client: StintClient, _ count: Int, _ load: BenchLoad) async throws {
        let (jobs, payloads, options) = (load.jobs, load.payloads, load.options)
        for start in stride(from: 0, to: count, by: 5_000) {
            try Task.checkCancellation()
            let part = start..<min(start + 5_000, count)
            if isRaw {
                try await client.enqueue(
                    contentsOf: part.map { index in
                        RawJob(
                            name: BenchPayload.name, payload: payloads[index % payloads.count],
                            options: options[index % queues])
                    })
            } else {
                // The call for jobs of one type is for one queue.
                for first in part.prefix(queues) {
                    let own = stride(from: first, to: part.upperBound, by: queues)
                    try await client.enqueue(
                        contentsOf: own.map { jobs[$0 % jobs.count] }, options: options[first % queues])
                }
            }
        }
    }
}
