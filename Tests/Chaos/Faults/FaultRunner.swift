// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// Does what a scenario says, spread over its time; what did not fit in is done after it.
struct FaultRunner: Sendable {
    let stage: ChaosStage
    private let random: SplitMix64

    init(stage: ChaosStage) {
        self.stage = stage
        random = SplitMix64(seed: stage.seed ^ 0x5eed)
    }

    /// Returns when the last fault is over.
    func run() async throws {
        let faults = stage.scenario.faults
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await spread(faults[.workerKill] ?? 0) { _ in try await stage.pool.kill() }
            }
            // Side by side, or few pauses would fit in.
            let pauses = faults[.workerPause] ?? 0
            for part in 0..<3 {
                group.addTask {
                    try await spread(pauses / 3 + (part < pauses % 3 ? 1 : 0)) { _ in
                        try await stage.pool.stop(for: pastLease())
                    }
                }
            }
            // One after the other: a Redis that is down cannot be cut off.
            group.addTask {
                let plan = redisPlan(faults)
                let lease = Duration.milliseconds(stage.scenario.lease)
                try await spread(plan.count, apart: lease) { try await stage.perform(plan[$0], pastLease(), random) }
            }
            group.addTask { try await spread(max(1, Int(stage.scenario.seconds))) { _ in } }
            try await group.waitForAll()
        }
    }

    private func redisPlan(_ faults: [FaultKind: Int]) -> [FaultKind] {
        var plan: [FaultKind] = []
        for kind in FaultKind.allCases where kind != .workerKill && kind != .workerPause {
            plan += Array(repeating: kind, count: faults[kind] ?? 0)
        }
        for index in plan.indices.reversed() { plan.swapAt(index, Int(random.next() % UInt64(index + 1))) }
        return plan
    }

    /// One and a half to two and a half leases.
    private func pastLease() -> Duration {
        let lease = Duration.milliseconds(stage.scenario.lease)
        return lease * 1.5 + random.duration(upTo: lease)
    }

    /// Does something so many times at random moments of the scenario's time, but not before a while after the last.
    private func spread(_ count: Int, apart: Duration = .zero, _ body: (Int) async throws -> Void) async throws {
        var earliest = ContinuousClock.now
        let start = ContinuousClock.now
        let step = Duration.seconds(stage.scenario.seconds) / max(1, count)
        for index in 0..<count {
            let due = start + step * index + random.duration(upTo: step)
            try await Task.sleep(until: max(due, earliest), clock: .continuous)
            try await body(index)
            earliest = ContinuousClock.now + apart
        }
    }
}
