// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions

/// The command `stint bench`.
struct BenchCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast jobs go in and out, and how soon they start.",
        discussion: """
            Without a mode: jobs per second, with 64 calls in flight, in bulk, and through workers in processes of \
            their own; the processor time of Redis and of these processes for each job; the memory that Redis takes \
            for a waiting one. --latency and --delayed measure from the enqueue call in this process to the start of \
            the handler in another one, on one clock, with calls at an even rate that wait for no answer.

            It runs on the Redis named by --redis, STINT_REDIS_URL or stint.yaml, in a namespace of its own that is \
            removed afterwards; without one, on a private server that keeps an append-only file.

            Examples:
              stint bench --jobs 100000 --slots 64 --raw
              stint bench --waiting 1000000 --queues 10
              stint bench --latency --workers 16 --json
              stint bench --latency --rate 20000 --samples 200000
              stint bench --delayed --samples 200
            """)

    @Flag(help: "Measure the time from enqueue to start.") var latency = false
    @Flag(help: "Measure how late delayed jobs start.") var delayed = false
    @Option(help: ArgumentHelp("Jobs to enqueue in each way (default: 20000).", valueName: "number")) var jobs: Int?
    @Option(help: ArgumentHelp("Producers, each with a connection of its own (default: 1).", valueName: "number"))
    var producers: Int?
    @Option(help: ArgumentHelp("Worker processes (default: 1).", valueName: "number")) var workers: Int?
    @Option(help: ArgumentHelp("Slots of each worker (default: 256).", valueName: "number")) var slots: Int?
    @Option(help: ArgumentHelp("Length of a payload (default: 200).", valueName: "bytes")) var payload: Int?
    @Option(
        help: ArgumentHelp("Queues over which the jobs are spread (default: 1).", valueName: "number"))
    var queues: Int?
    @Option(
        help: ArgumentHelp(
            "Jobs that wait before the measured ones come; with --latency those are urgent (default: 0).",
            valueName: "number"))
    var waiting: Int?
    @Flag(help: "Payloads are bytes; nothing is encoded or decoded as JSON.") var raw = false
    @Option(
        help: ArgumentHelp("Jobs to measure (default: 1000 for --latency, 200 for --delayed).", valueName: "number"))
    var samples: Int?
    @Option(
        help: ArgumentHelp("Calls a second (default: 200 for --latency, 20 for --delayed).", valueName: "number"))
    var rate: Double?
    @Option(
        help: ArgumentHelp("What jobs are delayed by (default: 2s).", valueName: "time"),
        transform: DurationArgument.parse)
    var delay: Duration?
    @OptionGroup(title: "Output") var list: ListOptions
    @Option(help: ArgumentHelp("The Redis to measure on.", valueName: "url")) var redis: String?
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if latency, delayed { throw ValidationError("--latency and --delayed exclude each other.") }
        let isTimed = latency || delayed
        let throughputOnly: [(String, Bool)] = [
            ("--jobs", jobs != nil), ("--producers", producers != nil), ("--slots", slots != nil),
            ("--payload", payload != nil), ("--queues", queues != nil), ("--raw", raw),
        ]
        if isTimed, let (option, _) = throughputOnly.first(where: \.1) {
            throw ValidationError("\(option) cannot be used with --latency or --delayed.")
        }
        if !isTimed, samples != nil { throw ValidationError("--samples needs --latency or --delayed.") }
        if !isTimed, rate != nil { throw ValidationError("--rate needs --latency or --delayed.") }
        if delayed, waiting != nil { throw ValidationError("--waiting cannot be used with --delayed.") }
        if !delayed, delay != nil { throw ValidationError("--delay needs --delayed.") }
        try Self.check("--jobs", jobs, 1...10_000_000)
        try Self.check("--producers", producers, 1...64)
        try Self.check("--workers", workers, 1...64)
        try Self.check("--slots", slots, 1...10_000)
        // What JSON makes of a payload is a few bytes more or less.
        try Self.check("--payload", payload, 0...(raw ? 1 << 20 : 1_000_000))
        try Self.check("--queues", queues, 1...10_000)
        try Self.check("--waiting", waiting, 0...100_000_000)
        try Self.check("--samples", samples, 1...1_000_000)
        if let rate, !(0.1...1_000_000).contains(rate) {
            throw ValidationError("--rate must be between 0.1 and 1000000.")
        }
        if let delay, !(.milliseconds(1) ... .seconds(3600)).contains(delay) {
            throw ValidationError("--delay must be between 1ms and 1h.")
        }
    }

    func perform(on console: Console) async throws {
        guard latency || delayed else {
            let bench = ThroughputBench(
                jobs: jobs ?? 20_000, producers: producers ?? 1, workers: workers ?? 1, slots: slots ?? 256,
                payload: payload ?? 200, queues: queues ?? 1, waiting: waiting ?? 0, isRaw: raw)
            let rows = try await BenchStage.with(redis: redis, on: console) {
                try await bench.run(on: $0, console: console)
            }
            return try await console.show(RateRow.listing, list) { rows }
        }
        let bench = LatencyBench(
            samples: samples ?? (delayed ? 200 : 1_000), rate: rate ?? (delayed ? 20 : 200), workers: workers ?? 1,
            delay: delayed ? delay ?? .seconds(2) : nil, waiting: waiting ?? 0)
        let rows = try await BenchStage.with(redis: redis, on: console) {
            try await bench.run(on: $0, console: console)
        }
        try await console.show(TimeRow.listing, list) { rows }
    }

    private static func check(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(option) must be between \(range.lowerBound) and \(range.upperBound).")
    }
}
