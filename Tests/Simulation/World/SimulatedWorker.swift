// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// A process with the real worker on it.
final class SimulatedWorker: @unchecked Sendable {
    let process: SimulatedProcess
    let settings: WorkerSettings
    let attempts: SimulatedAttempts
    let engine: WorkerEngine
    let hasCaps: Bool
    private let world: World
    private(set) var isQuiet = false
    private(set) var isEnding = false
    private(set) var endingSince: Duration = .zero

    /// Starts a worker; a plain one serves every queue and every name, without caps.
    init(_ world: World, queues: [String], isPlain: Bool) {
        self.world = world
        let dice = world.dice
        process = SimulatedProcess(world, name: "w\(world.serial())")
        var shares = queues.map { WorkerSettings.Share(name: $0, weight: dice.number(1...3)) }
        if !isPlain, dice.chance(0.3) { shares.removeFirst() }
        let knowsOdd = isPlain || dice.chance(0.7)
        hasCaps = !isPlain && dice.chance(0.3)
        let cap = hasCaps ? 1 : nil
        var settings = WorkerSettings(queues: shares, slots: dice.number(1...6)) { name in
            if name == "odd" { return knowsOdd ? (name, nil) : nil }
            return (name, name == "capped" ? cap : nil)
        }
        settings.lease = world.lease
        settings.grace = world.lease / 4
        settings.drainTime = world.lease * (dice.chance(0.5) ? 0.5 : 2)
        settings.isStrict = dice.chance(0.2)
        settings.cancelsWhenUnsure = dice.chance(0.3)
        self.settings = settings
        attempts = SimulatedAttempts(world, process, slots: settings.slots)
        engine = WorkerEngine(
            core: process.makeCore(), machine: settings,
            settings: .init(maxCrashes: 3, deadAge: .seconds(3600), deadCount: 30), attempts: attempts,
            logger: world.logger)
        attempts.worker = self
        world.note(
            "\(process.name) starts as \(engine.node) with \(settings.slots) slots for \(shares.map(\.name))"
                + "\(knowsOdd ? "" : ", without odd")\(hasCaps ? ", with caps" : "")")
        engine.begin()
    }

    /// Whether it takes jobs, as far as it was told.
    var isClaiming: Bool { process.isActive && !isQuiet && !isEnding }

    /// Whether it lives and nothing has gone wrong with it for so long.
    func isHealthy(for time: Duration) -> Bool {
        process.isActive && process.isConnected && world.now - process.calmSince > time && !engine.isStopped
    }

    func setQuiet(_ isQuiet: Bool) {
        guard !isEnding else { return }
        world.note("\(process.name) \(isQuiet ? "is quiet" : "is not quiet any more")")
        self.isQuiet = isQuiet
        if !isQuiet { attempts.resumedAt = world.now }
        engine.setQuiet(isQuiet)
    }

    func drain() {
        world.note("\(process.name) drains")
        end()
        engine.drain()
    }

    func handBack(wait: Duration) {
        world.note("\(process.name) hands back, waiting \(wait)")
        end()
        engine.handBack(wait: wait)
    }

    private func end() {
        if !isEnding { endingSince = world.now }
        isEnding = true
    }
}
