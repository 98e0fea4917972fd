// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint

/// The command `stint __bench-worker`, the hidden worker of ``BenchCommand``: says that it is ready, begins at a line on
/// its stdin, ends when that is closed, with `--drain` when nothing is left, or after `--max-jobs`, and reports as one line of JSON.
struct BenchWorkerCommand: ConsoleCommand {
    static let name = "__bench-worker"
    static let job = "bench.start"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Run the jobs of a benchmark.", shouldDisplay: false)

    @OptionGroup var connection: ConnectionOptions
    @Option var slots: Int
    @Option var queues = 1
    @Option var maxJobs: Int?
    @Flag var drain = false
    @Flag var raw = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let delays = SharedTimes()
            var options = WorkerOptions()
            options.stopsWhenEmpty = drain
            options.maxJobs = maxJobs
            let served = BenchStage.queues(queues).map { Worker.Queue($0) }
            let worker = try Worker(client, queues: served, slots: slots, options: options) {
                if raw {
                    Handle(raw: BenchPayload.name) { _, _ in .completed }
                } else {
                    Handle(BenchPayload.self) { _, _ in }
                }
                Handle(raw: Self.job) { payload, _ in
                    let now = SharedClock.now
                    let origin = Int64(String(decoding: payload, as: UTF8.self)) ?? 0
                    if origin > 0 { delays.record(now - .nanoseconds(origin)) }
                    return .completed
                }
            }
            console.data("ready")
            await Self.input {
                // What it has claimed it runs, and no more.
                worker.drain()
            }
            let before = BenchUsage.processorTime
            try await worker.run()
            let used = BenchUsage.processorTime - before
            let report = BenchWorkerReport(
                processorMicroseconds: Int64(used / .microseconds(1)), peakMemory: BenchUsage.peakMemory,
                delays: delays.times, early: delays.early)
            console.data(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
        }
    }

    /// Returns at the first line of stdin, or at its end; calls the closure at its end.
    ///
    /// Reading blocks its thread, which must not be one that handlers need.
    private static func input(_ end: @escaping @Sendable () -> Void) async {
        let (lines, continuation) = AsyncStream<Void>.makeStream()
        Thread.detachNewThread {
            while readLine() != nil { continuation.yield() }
            end()
            continuation.finish()
        }
        for await _ in lines { return }
    }
}
