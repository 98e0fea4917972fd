// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// The jobs of a throughput benchmark, made before anything is measured.
struct BenchLoad: Sendable {
    /// Different jobs, or the same as bytes; one of the two is empty.
    let jobs: [BenchPayload]
    let payloads: [[UInt8]]
    /// The options of each queue.
    let options: [JobOptions]

    init(bytes: Int, isRaw: Bool, queues: Int) {
        // More than one call carries, so that no two in it are the same; not more memory than need be.
        let variety = min(1_000, max(64, (64 << 20) / max(1, bytes)))
        jobs = isRaw ? [] : (0..<variety).map { BenchPayload($0, bytes: bytes) }
        payloads = isRaw ? (0..<variety).map { Array(BenchPayload.text($0, bytes).utf8) } : []
        options = BenchStage.queues(queues).map { JobOptions(queue: $0) }
    }
}
