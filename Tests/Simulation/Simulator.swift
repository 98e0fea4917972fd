// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import Synchronization

/// Runs many seeds, on a few servers side by side.
public struct Simulator: Sendable {
    /// How many random things each seed does.
    public var steps = 500
    /// How many servers, each with a thread.
    public var lanes = 2

    /// Makes one of 500 steps a seed and two servers.
    public init() {}

    /// Runs seeds until one finds something or all are done.
    public func run(seeds: Range<UInt64>) async throws -> SimulationSummary {
        let work = SeedQueue(seeds)
        let steps = steps
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, min(lanes, seeds.count)) {
                group.addTask {
                    let server = try await SimulatedServer.start()
                    try await Self.onThread {
                        while let seed = work.next() {
                            let simulation = try Simulation(seed: seed, server: server, isRecording: false)
                            work.add(simulation.run(steps: steps))
                        }
                    }
                    await server.stop()
                }
            }
            try await group.waitForAll()
        }
        return work.summary
    }

    /// Runs one seed and keeps its history.
    public func replay(_ seed: UInt64) async throws -> SimulationResult {
        let server = try await SimulatedServer.start()
        let steps = steps
        let result = try await Self.onThread {
            try Simulation(seed: seed, server: server, isRecording: true).run(steps: steps)
        }
        await server.stop()
        return result
    }

    /// A simulation waits for Redis on its thread, so it must not be one of the few that tasks run on.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result(catching: body)) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// The command that runs a seed again, with its history.
    public static func replayCommand(seed: UInt64, steps: Int) -> String {
        "swift run --disable-default-traits stint-simulate --seed \(seed) --steps \(steps)"
    }
}

/// Seeds to be run, and what came of them.
private final class SeedQueue: Sendable {
    private struct State {
        var next: UInt64
        var summary = SimulationSummary()
    }

    private let end: UInt64
    private let state: Mutex<State>

    init(_ seeds: Range<UInt64>) {
        end = seeds.upperBound
        state = Mutex(State(next: seeds.lowerBound))
    }

    var summary: SimulationSummary { state.withLock { $0.summary } }

    /// The next seed; nil once all are taken or something was found.
    func next() -> UInt64? {
        state.withLock { state in
            guard state.next < end, state.summary.found == nil else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    func add(_ result: SimulationResult) { state.withLock { $0.summary.add(result) } }
}
