// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintRedis
import StintTesting

/// Everything that a run needs: a folder, what the jobs are kept in, and the processes.
final class ChaosStage: Sendable {
    let folder: URL
    let scenario: Scenario
    let seed: UInt64
    let site: Site
    let clock: ServerClock?
    let log: FaultLog
    let pool: WorkerPool
    /// A client of the harness's own, to look with.
    let client: StintClient
    let lag = StallWatch()

    static let queues = ["one", "two"]

    /// Makes the folder anew and starts the servers.
    init(_ scenario: Scenario, seed: UInt64, folder: URL) async throws {
        self.scenario = scenario
        self.seed = seed
        self.folder = folder
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        clock = scenario.shiftsClock ? try ServerClock.going() : nil
        var environment = clock?.environment ?? [:]
        if let slow = scenario.slowFsync {
            let library = folder.appendingPathComponent("slow-fsync.so")
            try PreloadedLibrary.compile("Tests/Chaos/Shim/slow_fsync.c", to: library)
            environment = ["LD_PRELOAD": library.path, "STINT_FSYNC_MS": "\(slow)"]
        }
        let site = try await Site.start(
            scenario, folder: folder, environment: environment, options: clock?.configuration ?? [])
        self.site = site
        log = FaultLog(file: try LineFile(HistoryFile.faults.path(in: folder.path)))
        let logger = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
        client = try StintClient(.init(redis: site.url), logger: logger)
        let random = SplitMix64(seed: seed)
        pool = WorkerPool(log: log, random: random) { index in
            var arguments = [
                "--redis", site.url, "--folder", folder.path, "--slots", "\(scenario.slots)",
                "--lease", "\(scenario.lease)", "--crashes", "\(scenario.crashBudget)",
                "--queues", Self.queues.joined(separator: ","),
            ]
            if scenario.mixesScripts, index % 2 == 1 { arguments.append("--other-scripts") }
            return try RoleProcess("work", arguments, folder: folder)
        }
    }

    /// Starts a producer process.
    func producer(_ name: String, rate: Double? = nil) throws -> RoleProcess {
        var arguments = [
            "--redis", site.url, "--folder", folder.path, "--name", name, "--mix", scenario.mix.rawValue,
            "--rate", "\(rate ?? scenario.rate / Double(scenario.producers))", "--depth", "\(scenario.depth)",
            "--seed", "\(seed &+ UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))",
            "--queues", Self.queues.joined(separator: ","),
        ]
        if scenario.repeatsCalls { arguments.append("--repeats") }
        if scenario.site != .single { arguments.append("--replicated") }
        return try RoleProcess("produce", arguments, folder: folder)
    }

    /// Waits until the queues hold no job that could run; with `withKept`, also no ended one that is kept.
    func drained(within limit: Duration, withKept: Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            var left = 0
            for queue in Self.queues {
                guard let status = try? await client.inspector.queue(queue) else {
                    left = 1
                    continue
                }
                left += status.ready + status.delayed + status.running + (withKept ? status.kept : 0)
            }
            if left == 0 { return true }
            try? await pool.replaceEnded()
            try? await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    func command(_ words: String...) async throws -> RedisValue {
        try await client.core.transport.send(RedisCommand(words[0], Array(words.dropFirst())), timeout: .seconds(30))
    }
}
