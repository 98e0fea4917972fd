// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension Simulation {
    /// Ends all faults, and lets time pass until every job has ended.
    ///
    /// Nothing may be stuck then, nothing held, and every counter must say what was.
    func comeToRest() {
        world.note("no more faults")
        world.isHealed = true
        world.outageUntil = .zero
        for process in processes {
            process.stormyUntil = .zero
            process.isolatedUntil = .zero
            process.thaw()
        }
        // Jobs that were delayed while the clock was ahead are due then.
        world.jumpClock(by: max(0, world.latestRedisTime - world.redisMicroseconds))
        for worker in workers where worker.isQuiet { worker.setQuiet(false) }
        let last = SimulatedWorker(world, queues: Self.queueNames, isPlain: true)
        workers.append(last)
        world.reactor.advance(by: world.lease * 2)
        checkStep()
        // One that does everything goes on alone.
        for worker in workers where worker !== last { worker.drain() }
        // Before the producers' limit is over, every call has its answer.
        let limit = world.now + max(world.lease * 30, .seconds(420))
        repeat {
            for name in Self.queueNames where world.model.queues[name]?.pausedUntilMs != nil {
                producers[0].call(Scripts.resume(producers[0].keys(name)))
            }
            world.reactor.advance(by: .seconds(1))
            sortOutWorkers()
            checkStep()
        } while world.finding == nil && !isAtRest && world.now < limit
        guard world.finding == nil else { return }
        if !isAtRest { world.report("not at rest: \(unrest)") }
        checkEverything()
        for worker in workers { worker.drain() }
        world.reactor.advance(by: world.lease * 4)
        for worker in workers where !worker.engine.isStopped { world.report("\(worker.process.name) does not end") }
        checkEverything()
    }

    private var isAtRest: Bool {
        world.model.queues.values.allSatisfy { $0.jobs.values.allSatisfy { !$0.isLive } }
            && producers.allSatisfy { $0.calls.values.allSatisfy { $0.outcome != nil } }
    }

    private var unrest: String {
        let jobs = world.model.queues.values.flatMap { queue in
            queue.jobs.values.filter(\.isLive).map { "\($0.id) is \($0.state)" }
        }
        let calls = producers.flatMap { $0.calls.values.filter { $0.outcome == nil }.map { "\($0.id) has no answer" } }
        return (jobs + calls).sorted().prefix(5).joined(separator: ", ")
    }
}
