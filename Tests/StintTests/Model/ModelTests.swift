// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTesting
import Testing

/// The scripts do what a small model of a queue does, whatever is called in whatever order and at whatever time.
///
/// `STINT_MODEL_STEPS` says how many calls a seed makes, `STINT_MODEL_SEEDS` which seeds run (`7` or `100..<110`).
@Suite struct ModelTests {
    @Test("Every reply and all that Redis holds is as the model foretells, after every call", arguments: seeds)
    func compare(seed: Int) async throws {
        let clock = try ServerClock()
        try await ScriptBench.with(clock: clock) { bench in
            var run = ModelRun(bench: bench, clock: clock, seed: UInt64(seed))
            var last: [String] = []
            for step in 0..<Self.steps {
                let (call, problems) = try await run.step()
                last = (last + ["  \(step): \(call)"]).suffix(8)
                if problems.isEmpty { continue }
                let text = (problems + ["the last calls:"] + last).joined(separator: "\n")
                Issue.record("step \(step) of seed \(seed), STINT_MODEL_SEEDS=\(seed) repeats it:\n\(text)")
                return
            }
        }
    }

    static let steps = ProcessInfo.processInfo.environment["STINT_MODEL_STEPS"].flatMap { Int($0) } ?? 600
    static let seeds: Range<Int> = {
        let bounds = (ProcessInfo.processInfo.environment["STINT_MODEL_SEEDS"] ?? "0..<12").split(separator: "..<")
            .compactMap { Int($0) }
        guard let first = bounds.first else { return 0..<12 }
        return first..<(bounds.count > 1 ? bounds[1] : first + 1)
    }()
}
