// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

extension Simulation {
    private enum Operation {
        case enqueue, enqueueMany, cancel, retryDead, remove, purge, promote, await, pause, resume
        case crashWorker, newWorker, drain, handBack, quiet, freeze, crashProducer
        case cut, outage, storm, calm, flushScripts, reload, smallJump, bigJump, drift, lowerLease
    }

    private static let operations: [(weight: Int, element: Operation)] = [
        (110, .enqueue), (12, .enqueueMany), (16, .cancel), (8, .retryDead), (6, .remove), (2, .purge), (5, .promote),
        (5, .await), (4, .pause), (10, .resume), (6, .crashWorker), (14, .newWorker), (4, .drain), (3, .handBack),
        (4, .quiet), (7, .freeze), (2, .crashProducer), (8, .cut), (3, .outage), (7, .storm), (7, .calm),
        (2, .flushScripts), (1, .reload), (4, .smallJump), (3, .bigJump), (2, .drift), (1, .lowerLease),
    ]

    /// Does one random thing.
    func operate() {
        let dice = world.dice
        let operation = dice.pick(weighted: Self.operations)
        tally.count("\(operation)")
        switch operation {
        case .enqueue: enqueue(1)
        case .enqueueMany: enqueue(dice.number(2...12))
        case .cancel, .retryDead, .remove, .purge, .promote, .await, .pause, .resume, .lowerLease:
            if let producer = dice.pick(producers) { administer(operation, producer) }
        case .crashWorker:
            if workers.count > 1, let worker = dice.pick(workers) { worker.process.kill() }
        case .newWorker: if workers.count < 4 { addWorker() }
        case .drain: dice.pick(workers.filter { $0.process.isActive })?.drain()
        case .handBack:
            let wait = dice.chance(0.5) ? Duration.zero : world.lease / 2
            dice.pick(workers.filter { $0.process.isActive })?.handBack(wait: wait)
        case .quiet:
            if let worker = dice.pick(workers.filter { $0.process.isActive }) { worker.setQuiet(!worker.isQuiet) }
        case .freeze: dice.pick(processes)?.freeze(for: dice.time(upTo: world.lease * 2))
        case .crashProducer:
            let old = producers.remove(at: 0)
            old.process.kill()
            pastProducers.append(old)
            producers.append(SimulatedProducer(world))
        case .cut: dice.pick(processes)?.cut(for: dice.time(upTo: world.lease * (dice.chance(0.2) ? 1.5 : 0.1)))
        case .outage:
            let time = dice.time(upTo: world.lease * (dice.chance(0.3) ? 6 : 1.5))
            world.outageUntil = world.now + time
            for process in processes { process.cut(for: time) }
        case .storm: dice.pick(processes)?.stormyUntil = world.now + dice.time(upTo: world.lease * 2)
        case .calm: for process in processes { process.stormyUntil = .zero }
        case .flushScripts: askServer("SCRIPT", "FLUSH", "SYNC")
        case .reload:
            for process in processes { process.cut(for: .milliseconds(100)) }
            askServer("SCRIPT", "FLUSH", "SYNC")
            askServer("DEBUG", "RELOAD")
            world.model.dropExpiredLanes(world.redisMilliseconds)
        case .smallJump: smallJump()
        case .bigJump: bigJump()
        case .drift: world.setDrift(Int64(dice.number(-20_000...20_000)))
        }
        sortOutWorkers()
    }

    /// Forgets workers that are gone; those that ended in order must have left nothing behind.
    func sortOutWorkers() {
        for worker in workers where worker.engine.isStopped { checkStopped(worker) }
        workers.removeAll { $0.process.isDead || $0.engine.isStopped }
    }

    private func askServer(_ name: String, _ arguments: String...) {
        world.note("\(name) \(arguments.joined(separator: " "))")
        world.server.clock.microseconds = world.redisMicroseconds
        do {
            _ = try world.server.connection.ask([RedisCommand(name, arguments)])
        } catch {
            world.report("the simulation cannot go on: \(error)")
        }
    }

    /// The clock is set by less than anybody notices; once a lease at most, or several would add up to a big jump
    /// that nobody notices either.
    private func smallJump() {
        if let last = lastSmallJump, world.now - last < world.lease * 1.5 { return }
        lastSmallJump = world.now
        let most = Int(world.lease / .microseconds(1) / 6)
        world.jumpClock(by: Int64(world.dice.number(-most...most)))
    }

    private func bigJump() {
        let lease = Int(world.lease / .microseconds(1))
        let size = world.dice.pick([lease, 4 * lease, 3600 * 1_000_000, 86_400 * 1_000_000]) ?? lease
        let jump = Int64(world.dice.number(lease / 2...size))
        world.jumpClock(by: world.dice.chance(0.5) ? jump : -jump)
    }

    private func enqueue(_ count: Int) {
        let dice = world.dice
        guard let producer = dice.pick(producers), let queue = dice.pick(Self.queueNames) else { return }
        let contents = (0..<count).map { _ in content() }
        let ids = contents.map { _ in dice.chance(0.15) ? try? JobID("own-\(dice.below(25))") : nil }
        producer.enqueue(contents, ids: ids, queue: queue)
    }

    private func content() -> NewJob.Content {
        let dice = world.dice
        let name = ["plain", "plain", "plain", "capped", "odd"][dice.below(5)]
        let payload = [UInt8](repeating: 65, count: dice.chance(0.05) ? 600 : 10)
        var content = NewJob.Content(name: name, payload: payload)
        let lease = Int(world.lease / .milliseconds(1))
        func time(_ likelihood: Double, _ most: Int) -> Int64 {
            dice.chance(likelihood) ? Int64(dice.number(1...most)) : 0
        }
        content.priority = JobPriority(rawValue: dice.below(4)) ?? .normal
        if dice.chance(0.25) {
            let delay = Int64(dice.below(2 * lease))
            content.due = dice.chance(0.2) ? .at(world.redisMilliseconds + delay) : .after(delay)
        }
        content.retry =
            [
                .fixed(.milliseconds(lease / 4), attempts: 3),
                .exponential(attempts: 4, base: .milliseconds(100), cap: world.lease),
                .never, .fixed(.zero, attempts: nil),
            ][dice.below(4)]
        if dice.chance(0.3) {
            let conflicts: [UniqueKey.Conflict] = [.reject, .existing, .replace]
            content.unique = .key("key \(dice.below(6))", onConflict: conflicts[dice.below(3)])
        }
        content.windowMilliseconds = time(0.1, 3 * lease)
        content.timeoutMilliseconds = time(0.15, lease)
        content.expiresAfterMilliseconds = time(0.1, lease)
        content.keepMilliseconds = time(0.15, 4 * lease)
        content.isAwaited = dice.chance(0.05)
        return content
    }

    private func administer(_ operation: Operation, _ producer: SimulatedProducer) {
        let dice = world.dice
        guard let name = dice.pick(Self.queueNames), producer.process.isActive else { return }
        let keys = producer.keys(name)
        let queue = world.model.queues[name] ?? ModelQueue(name: name)
        func some(_ wanted: (ModelJob) -> Bool) -> [[UInt8]] {
            // Now and then any job, also one that the call must refuse.
            let isPicky = dice.chance(0.8)
            let ids = queue.jobs.values.filter { !isPicky || wanted($0) }.map(\.id).sorted()
            var chosen: [String] = []
            for _ in 0..<dice.number(1...3) {
                if let id = dice.pick(ids), !chosen.contains(id) { chosen.append(id) }
            }
            if dice.chance(0.05) { chosen.append("own-\(dice.below(25))") }
            return Array(Set(chosen)).sorted().map { Array($0.utf8) }
        }
        // Mostly whatever is there; now and then only what a look back found.
        let states = dice.pick(["", "", "", "x", "rd", "dn", "ck"]) ?? ""
        let someMs = queue.jobs.values.map(\.enqueuedMs).sorted()
        let seenMs = dice.chance(0.7) ? 0 : Int(dice.pick(someMs) ?? 1)
        switch operation {
        case .cancel:
            let ids = some { $0.isLive }
            producer.callInLane(name) {
                Scripts.cancel(keys, lane: $0, number: $1, who: "sim", states: states, seenMs: seenMs, ids: ids)
            }
        case .retryDead:
            let ids = some { $0.state == .dead }
            producer.callInLane(name) { Scripts.retryDead(keys, lane: $0, number: $1, ids: ids) }
        case .remove:
            let ids = some { $0.state != .running }
            producer.callInLane(name) {
                Scripts.remove(keys, lane: $0, number: $1, states: states, seenMs: seenMs, ids: ids)
            }
        case .promote:
            let ids = some { $0.state == .delayed }
            producer.callInLane(name) { Scripts.promote(keys, lane: $0, number: $1, ids: ids) }
        case .purge:
            let source = dice.pick(["ready:0", "ready:1", "ready:2", "ready:3", "delayed", "dead", "kept"]) ?? "dead"
            let limit = dice.number(1...10)
            let (untilMs, skip) = (seenMs > 0 ? seenMs : Int(world.redisMilliseconds), dice.below(3))
            producer.callInLane(name) {
                Scripts.purge(
                    keys, lane: $0, number: $1, source: source, limit: limit, untilMs: untilMs, skip: skip)
            }
        case .await: if let id = some({ $0.isLive }).first { producer.call(Scripts.await(keys, id: id)) }
        case .pause:
            let time = dice.chance(0.5) ? 0 : dice.number(1...Int(world.lease / .milliseconds(1)))
            producer.call(Scripts.pause(keys, forMs: time, who: "sim", reason: ""))
        case .resume: producer.call(Scripts.resume(keys))
        case .lowerLease:
            lastLeaseChange = world.now
            producer.call(Scripts.configure(keys, field: "lease", value: "1000"))
        default: break
        }
    }
}
