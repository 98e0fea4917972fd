// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintSimulation

/// Runs the simulation from the command line.
@main
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stint-simulate",
        abstract: "Runs Stint's scripts and workers under simulated faults, as random seeds say.",
        discussion: """
            Each seed is one history: producers and workers on a simulated clock, the real scripts on a real, private \
            Redis. Ends with 1 at the first seed in which something is that must not be, and prints its last steps \
            and how to run it again.
            """)

    @Option(help: "How many seeds to run.") var seeds: UInt64 = 300
    @Option(help: "Run this seed alone, and print its history.") var seed: UInt64?
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Option(help: "Steps of each seed.") var steps: Int = 500
    @Option(help: "How many seeds run side by side.") var jobs: Int = 2

    func validate() throws {
        guard steps > 0, jobs > 0, seeds > 0 else { throw ValidationError("Numbers must be greater than zero.") }
    }

    func run() async throws {
        var simulator = Simulator()
        simulator.steps = steps
        simulator.lanes = jobs
        if let seed {
            let result = try await simulator.replay(seed)
            for line in result.history { print(line) }
            return try conclude(result.finding == nil ? nil : result)
        }
        let begin = ContinuousClock.now
        let summary = try await simulator.run(seeds: from..<from + seeds)
        let time = ContinuousClock.now - begin
        print("\(summary.seeds) seeds of \(steps) steps, \(summary.tally.events) events, \(time)")
        let counts = summary.tally.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print(counts.joined(separator: ", "))
        try conclude(summary.found)
    }

    private func conclude(_ found: SimulationResult?) throws {
        guard let found, let finding = found.finding else {
            print("nothing found")
            return
        }
        print("seed \(found.seed): \(finding)")
        print("its history: \(Simulator.replayCommand(seed: found.seed, steps: found.steps))")
        throw ExitCode(1)
    }
}
