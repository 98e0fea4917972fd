// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Histogram
import StintTerminal

/// One line of a benchmark's result: how many of what, how fast, and what one of them cost.
struct RateRow: Sendable {
    let phase: String
    let jobs: Int
    let time: Duration
    let usage: BenchUsage
    /// The most bytes of memory that any worker process had at a time.
    var workerMemory: Int?

    static let listing = Listing<RateRow>([
        Column("phase", "PHASE") { .text($0.phase) },
        Column("jobs", "JOBS", align: .right) { .count(Int64($0.jobs)) },
        Column("seconds", "SECONDS", align: .right) { .number($0.time / .seconds(1), decimals: 2) },
        Column("jobs_per_s", "JOBS/S", align: .right) { .count(Int64(Double($0.jobs) / ($0.time / .seconds(1)))) },
        Column("redis_us_per_job", "REDIS µS", align: .right) { row in row.share(row.usage.redis) },
        Column("client_us_per_job", "CLIENT µS", align: .right) { row in row.share(row.usage.client) },
        Column("redis_bytes_per_job", "BYTES", align: .right) { row in
            row.usage.memory.map { .number(Double($0) / Double(row.jobs), decimals: 0) } ?? .missing
        },
        Column("worker_memory", "WORKER", align: .right) { row in
            row.workerMemory.map { .bytes(Int64($0)) } ?? .missing
        },
    ])

    private func share(_ time: Duration?) -> Field {
        time.map { .number($0 / .microseconds(1) / Double(jobs), decimals: 1) } ?? .missing
    }
}

/// One line of a benchmark's result: how long something took.
struct TimeRow: Sendable {
    let measure: String
    let times: Histogram<UInt64>

    static let listing = Listing<TimeRow>([
        Column("measure", "MEASURE") { .text($0.measure) },
        Column("samples", "SAMPLES", align: .right) { .count(Int64($0.times.totalCount)) },
        Column("min_ms", "MIN MS", align: .right) { $0.milliseconds($0.times.min) },
        Column("p50_ms", "P50 MS", align: .right) { $0.milliseconds($0.times.valueAtPercentile(50)) },
        Column("p90_ms", "P90 MS", align: .right) { $0.milliseconds($0.times.valueAtPercentile(90)) },
        Column("p99_ms", "P99 MS", align: .right) { $0.milliseconds($0.times.valueAtPercentile(99)) },
        Column("p999_ms", "P99.9 MS", align: .right) { $0.milliseconds($0.times.valueAtPercentile(99.9)) },
        Column("max_ms", "MAX MS", align: .right) { $0.milliseconds($0.times.max) },
    ])

    private func milliseconds(_ nanoseconds: UInt64) -> Field {
        times.totalCount == 0 ? .missing : .number(Double(nanoseconds) / 1e6, decimals: 3)
    }
}
