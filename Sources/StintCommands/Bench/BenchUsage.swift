// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint

/// What Redis and the processes of a benchmark have used so far; the difference of two is what something cost.
struct BenchUsage: Sendable {
    /// The processor time of Redis; `nil` where it cannot be told.
    var redis: Duration?
    /// The processor time of the benchmark's own processes.
    var client: Duration
    /// The bytes that Redis holds; `nil` where they cannot be told.
    var memory: Int?

    /// Reads what was used up to now: by Redis as `INFO` tells it, and by this process.
    ///
    /// Of a cluster nothing is told: which of its servers does the work is not this benchmark's to know.
    static func now(_ client: StintClient) async throws -> BenchUsage {
        guard !client.core.isCluster else { return BenchUsage(client: processorTime) }
        let fields = try await client.core.information(["cpu", "memory"])
        let seconds = ["used_cpu_user", "used_cpu_sys"].compactMap { fields[$0].flatMap(Double.init) }
        return BenchUsage(
            redis: seconds.count == 2 ? .seconds(seconds[0] + seconds[1]) : nil, client: processorTime,
            memory: fields["used_memory"].flatMap { Int($0) })
    }

    /// What was used since an earlier moment; processes that have ended meanwhile are told apart.
    func since(_ earlier: BenchUsage, workers: [BenchWorkerReport] = []) -> BenchUsage {
        BenchUsage(
            redis: zip(redis, earlier.redis).map { $0 - $1 },
            client: client - earlier.client + workers.reduce(.zero) { $0 + $1.processorTime },
            memory: zip(memory, earlier.memory).map { $0 - $1 })
    }

    /// The processor time that this process has used, in its own code and for it in the kernel.
    static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The most bytes of memory that this process has had at a time.
    static var peakMemory: Int {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        #if os(Linux)
        return Int(usage.ru_maxrss) * 1024
        #else
        return Int(usage.ru_maxrss)
        #endif
    }
}

private func zip<Value>(_ first: Value?, _ second: Value?) -> (Value, Value)? {
    guard let first, let second else { return nil }
    return (first, second)
}
