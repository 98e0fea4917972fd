// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Histogram

/// What a benchmark's worker process says of itself when it ends: one line of JSON.
struct BenchWorkerReport: Codable, Sendable {
    /// The processor time from its start to its end, in microseconds.
    var processorMicroseconds: Int64
    /// The most bytes of memory that it had at a time.
    var peakMemory: Int
    /// How long after the moment in their payloads handlers began, in nanoseconds.
    var delays: Histogram<UInt64>
    /// How many of them began before that moment.
    var early: Int

    var processorTime: Duration { .microseconds(processorMicroseconds) }
}
