// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// One line of a benchmark's result: how many of what, and how fast.
struct RateRow: Sendable {
    let phase: String
    let jobs: Int
    let time: Duration

    static let listing = Listing<RateRow>([
        Column("phase", "PHASE") { .text($0.phase) },
        Column("jobs", "JOBS", align: .right) { .count(Int64($0.jobs)) },
        Column("seconds", "SECONDS", align: .right) { .number($0.time / .seconds(1), decimals: 2) },
        Column("jobs_per_s", "JOBS/S", align: .right) { .count(Int64(Double($0.jobs) / ($0.time / .seconds(1)))) },
    ])
}

/// One line of a benchmark's result: how long something took.
struct TimeRow: Sendable {
    let measure: String
    let samples: Samples

    static let listing = Listing<TimeRow>([
        Column("measure", "MEASURE") { .text($0.measure) },
        Column("samples", "SAMPLES", align: .right) { .count(Int64($0.samples.count)) },
        Column("min_ms", "MIN MS", align: .right) { milliseconds($0.samples.sorted.first) },
        Column("p50_ms", "P50 MS", align: .right) { milliseconds($0.samples.percentile(0.5)) },
        Column("p99_ms", "P99 MS", align: .right) { milliseconds($0.samples.percentile(0.99)) },
        Column("max_ms", "MAX MS", align: .right) { milliseconds($0.samples.sorted.last) },
    ])

    private static func milliseconds(_ time: Duration?) -> Field {
        time.map { .number($0 / .milliseconds(1), decimals: 3) } ?? .missing
    }
}
