// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// One run: producers and workers on a stepped clock against a real Redis, one random thing after the other.
///
/// Everything follows from the seed: the same seed gives the same history, whatever the machine does meanwhile.
final class Simulation: @unchecked Sendable {
    static let queueNames = ["alpha", "beta"]

    let seed: UInt64
    let world: World
    var producers: [SimulatedProducer] = []
    var pastProducers: [SimulatedProducer] = []
    var workers: [SimulatedWorker] = []
    var tally = SimulationTally()
    /// When the clock of Redis was last set, and by how little it may be set without anybody noticing.
    var lastSmallJump: Duration?
    var lastLeaseChange: Duration?

    init(seed: UInt64, server: SimulatedServer, isRecording: Bool) throws {
        self.seed = seed
        try server.reset()
        world = World(server: server, seed: seed, isRecording: isRecording)
        world.note("seed \(seed), lease \(world.lease)")
        world.model.onReap = { [unowned self] queue, job in checkReap(queue, job) }
        producers = [SimulatedProducer(world), SimulatedProducer(world)]
        for _ in 0..<2 { addWorker() }
    }

    /// Takes so many steps, then lets everything come to rest, and looks at all of it.
    func run(steps: Int) -> SimulationResult {
        for step in 0..<steps where world.finding == nil {
            world.note("step \(step)")
            operate()
            world.reactor.advance(by: pace())
            checkStep()
            if step % 100 == 99 { checkEverything() }
        }
        if world.finding == nil { comeToRest() }
        defer { world.tearDown() }
        tally.add(events: world.history.count, world.model.queues.values.map(\.counters))
        return SimulationResult(
            seed: seed, steps: steps, finding: world.finding, checksum: world.history.checksum,
            history: world.history.lines, tally: tally)
    }

    /// How long a step lasts: mostly not long, sometimes longer than a lease.
    private func pace() -> Duration {
        let dice = world.dice
        switch dice.below(100) {
        case 0..<60: return dice.time(upTo: world.lease / 100)
        case 60..<91: return dice.time(upTo: world.lease / 16)
        case 91..<99: return dice.time(upTo: world.lease / 4)
        default: return dice.time(upTo: world.lease * 1.5)
        }
    }

    func addWorker() {
        workers.append(
            SimulatedWorker(world, queues: Self.queueNames, isPlain: world.dice.chance(0.5)))
    }

    /// Processes that are there at present, dead ones left out.
    var processes: [SimulatedProcess] { producers.map(\.process) + workers.map(\.process) }
}
