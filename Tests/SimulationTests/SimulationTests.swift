// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintSimulation
import Testing

/// Histories of producers and workers under faults, each from a seed; see docs/testing.md.
@Suite struct SimulationTests {
    @Test("No fault, in any order, loses a job or finishes it twice: 300 seeds of 500 steps")
    func seeds() async throws {
        let summary = try await Simulator().run(seeds: 1..<301)
        if let found = summary.found {
            let command = Simulator.replayCommand(seed: found.seed, steps: found.steps)
            Issue.record("\(found.finding ?? "")\nseed \(found.seed); its history: \(command)")
        } else {
            #expect(summary.seeds == 300)
        }
        // What never happens proves nothing.
        let counts = summary.tally.counts
        for what in ["crashWorker", "freeze", "outage", "bigJump", "reaped", "reload", "died", "revived", "released"] {
            #expect(counts[what] ?? 0 > 100, "\(what)")
        }
    }

    @Test("A seed gives the same history on every run", arguments: [7, 8, 9] as [UInt64])
    func history(seed: UInt64) async throws {
        let first = try await Simulator().replay(seed)
        let second = try await Simulator().replay(seed)
        #expect(first.history.count > 1000)
        #expect(first.history == second.history)
        #expect(first.checksum == second.checksum)
    }
}
