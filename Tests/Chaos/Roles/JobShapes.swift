// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint
import StintRedis
import StintTesting
import Synchronization

/// What kind of jobs a producer makes.
enum JobMix: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Mostly short ones; some that fail, talk, are delayed, ignore their cancellation, hold their thread, or are long.
    case mixed
    /// Short ones, and now and then one that ends its worker.
    case poison
    /// Payloads of 8 KiB, run slowly.
    case large
}

/// Draws jobs from a seed.
final class JobShapes: Sendable {
    /// A job with its options.
    struct Shape: Sendable {
        var job: ChaosJob
        var options: JobOptions

        var payload: [UInt8] { (try? JSONEncoder().encode(job)).map { [UInt8]($0) } ?? [] }

        /// The end of its line in the producer's file.
        func line(_ called: Int64) -> String {
            let delay = (options.delay ?? .zero) / .milliseconds(1)
            return " \(job.serial) \(called) \(LineFile.now) \(Int(delay))"
        }
    }

    private let mix: JobMix
    private let name: String
    /// Whether every second job is to be confirmed by a replica.
    private let replicates: Bool
    private let random: SplitMix64
    private let count = Mutex(0)

    init(mix: JobMix, name: String, seed: UInt64, replicates: Bool = false) {
        self.replicates = replicates
        self.mix = mix
        self.name = name
        random = SplitMix64(seed: seed)
    }

    /// A number from zero up to, and not including, one.
    func fraction() -> Double { Double(random.next() >> 11) / Double(1 << 53) }

    /// A whole number from zero up to, and not including, a bound.
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    /// The next job.
    func next(_ queue: String, ownID: Bool) -> Shape {
        let number = count.withLock { count in
            count += 1
            return count
        }
        var job = ChaosJob(serial: "\(name)-\(number)")
        var options = JobOptions(queue: queue, retry: .fixed(.milliseconds(100 + below(200)), attempts: nil))
        if replicates, below(2) == 0 { options.durability = .replicated(1) }
        if ownID, let id = try? JobID(job.serial) {
            options.id = id
            // Taken long enough for a repetition of the call.
            options.window = .seconds(30)
        }
        switch mix {
        case .mixed: mixed(&job, &options)
        case .poison: poison(number, &job)
        case .large:
            job.milliseconds = 20 + below(200)
            job.padding = String(repeating: "x", count: 8192)
        }
        return Shape(job: job, options: options)
    }

    private func mixed(_ job: inout ChaosJob, _ options: inout JobOptions) {
        switch below(100) {
        case 0..<88: job.milliseconds = below(30)
        case 88..<94:
            job.kind = .stubborn
            job.milliseconds = 50 + below(500)
        case 94..<97:
            job.kind = .block
            job.milliseconds = 5 + below(35)
        default: job.milliseconds = 300 + below(2700)
        }
        if below(20) == 0 { job.failures = 1 + below(2) }
        job.isTalkative = job.kind == .stubborn || below(20) == 0
        if below(10) == 0 { options.delay = .milliseconds(100 + below(2000)) }
        if below(10) == 0 { options.keep = .seconds(20) }
        options.priority = [.low, .normal, .normal, .high][below(4)]
    }

    private func poison(_ number: Int, _ job: inout ChaosJob) {
        job.milliseconds = 5 + below(40)
        guard number % 300 == 50 else { return }
        job.kind = below(2) == 0 ? .abort : .exit
        job.serial += "-poison"
    }
}
