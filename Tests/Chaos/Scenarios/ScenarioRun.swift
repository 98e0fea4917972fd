// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import StintTesting

/// Runs a scenario: processes up, faults, drain, and the end written down.
struct ScenarioRun {
    let stage: ChaosStage

    func run() async throws {
        let scenario = stage.scenario
        stage.lag.begin()
        // The client that looks must be let in before the faults begin.
        try await stage.client.connect()
        try await stage.pool.begin(scenario.workers, spared: scenario.sparedWorkers)
        let producers = try (0..<scenario.producers).map { try stage.producer("p\($0)") }
        let start = ContinuousClock.now
        let watching = Task { try await watch(producers) }
        try await FaultRunner(stage: stage).run()
        try await ScenarioAct(stage: stage).perform()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        for producer in producers { producer.signal(SIGTERM) }
        var ends: [Int32] = []
        for producer in producers { ends.append(await producer.wait(within: .seconds(150)) ?? -1) }
        // What was delayed or retried while the clock was ahead is due when it was then.
        stage.endShifts()
        // A job that was crashed again and again waits for some minutes.
        let isDrained = await stage.drained(within: .seconds(400), withKept: scenario.waitsForKept)
        watching.cancel()
        _ = await watching.result
        let exits = ["worker": await stage.pool.end(), "producer": ends]
        try stage.write(try await stage.endState(isDrained: isDrained, exits: exits), .end)
        try stage.write(
            RunRecord(
                scenario: scenario.name, seed: stage.seed, seconds: seconds, lease: scenario.lease,
                crashBudget: scenario.crashBudget, epoch: Self.epoch, machineLag: stage.lag.take(),
                redisVersion: try await redisVersion(), fsync: scenario.fsync, hasLedger: scenario.site == .single),
            .run)
        await stage.client.shutdown()
        await stage.site.stop()
    }

    /// Replaces workers that ended by themselves, and takes samples.
    private func watch(_ producers: [RoleProcess]) async throws {
        let samples = try LineFile(HistoryFile.samples.path(in: stage.folder.path))
        var round = 0
        while !Task.isCancelled {
            try await stage.pool.replaceEnded()
            if round % 20 == 0 { await stage.sample(producers, samples) }
            round += 1
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func redisVersion() async throws -> String {
        try await stage.client.inspector.server().version
    }

    private static var epoch: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) - LineFile.now
    }
}
