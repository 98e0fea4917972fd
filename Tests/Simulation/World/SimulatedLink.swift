// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// One connection of a simulated process to Redis, with the faults of a network.
///
/// Commands arrive and replies return in order, as over TCP. A request or reply may be late, or never come; the
/// connection may be cut, after which a command that was under way may still arrive, later than those of the next
/// connection. The caller learns what it would of a real connection: see `RedisFailure`.
final class SimulatedLink: RedisTransport, @unchecked Sendable {
    private final class Command: @unchecked Sendable {
        let command: RedisCommand
        let completion: @Sendable (Result<RedisValue, RedisFailure>) -> Void
        var isWritten = false
        var hasArrived = false
        var isDone = false
        /// Was under way when its connection was cut, and arrives all the same, or does not.
        var isLate = false
        var isLost = false
        var timer: ReactorTimer?

        init(_ command: RedisCommand, _ completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void) {
            self.command = command
            self.completion = completion
        }
    }

    private enum Fault { case none, requestLost, replyLost, refused, cut }

    private unowned let process: SimulatedProcess
    private let name: String
    private var isUp = true
    private var generation = 0
    private var waiting: [Command] = []
    private var underWay: [Command] = []
    private var lastArrival: Duration = .zero
    private var lastReply: Duration = .zero
    /// Commands in a row whose reply was too late.
    private var expiries = 0
    private var blocked: Int?
    private var behindBlocked: [(Command, Int)] = []

    init(_ process: SimulatedProcess, name: String) {
        self.process = process
        self.name = name
    }

    /// Whether what is sent now is answered soon.
    var isFluent: Bool { isUp && max(lastArrival, lastReply) <= world.now + .milliseconds(20) }

    private var world: World { process.world }
    private var dice: Dice { world.networkDice }

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let entry = Command(command, completion)
        entry.timer = process.schedule(after: timeout) { [self] in expire(entry) }
        if isUp { write(entry) } else { waiting.append(entry) }
    }

    /// Loses the connection; the next one comes about after this time.
    func cut(for time: Duration) {
        process.trouble()
        guard isUp else { return }
        isUp = false
        generation += 1
        expiries = 0
        lastArrival = .zero
        lastReply = .zero
        if let blocked { world.waiters.removeAll { $0.serial == blocked } }
        blocked = nil
        behindBlocked = []
        let cutOff = underWay
        underWay = []
        // What Redis has in its socket already, it executes: the first few of those under way.
        var arriving = dice.chance(0.5) ? dice.below(cutOff.count + 1) : 0
        for entry in cutOff {
            if !entry.hasArrived {
                entry.isLate = arriving > 0
                entry.isLost = arriving <= 0
                arriving -= 1
            }
            process.execute { [self] in complete(entry, .failure(.outcomeUnknown("the connection was lost"))) }
        }
        reconnect(after: time + dice.time(upTo: .milliseconds(200)))
    }

    private func reconnect(after time: Duration) {
        let process = process
        world.reactor.schedule(after: time) { [weak self] in
            guard let self, !isUp, !process.isDead else { return }
            let until = max(world.outageUntil, process.isolatedUntil)
            guard world.now >= until else { return reconnect(after: until - world.now + .milliseconds(20)) }
            isUp = true
            process.trouble()
            let entries = waiting
            waiting = []
            for entry in entries where !entry.isDone { write(entry) }
        }
    }

    private func write(_ entry: Command) {
        entry.isWritten = true
        underWay.append(entry)
        let fault = fault()
        let arrival = max(lastArrival, world.now + latency())
        lastArrival = arrival
        let generation = generation
        let delay = arrival - world.now
        world.reactor.schedule(after: delay) { [self] in
            // After what comes of it: a claim whose reply is lost is older than the trouble.
            defer { if fault != .none || delay > .milliseconds(20) { process.trouble() } }
            switch fault {
            case .none: arrive(entry, generation)
            case .requestLost: fail(entry, .outcomeUnknown("the request was lost"))
            case .replyLost:
                arrive(entry, generation, losesReply: true)
                fail(entry, .outcomeUnknown("the reply was lost"))
            case .refused:
                let error = RedisServerError(
                    code: dice.pick(["LOADING", "BUSY", "TRYAGAIN"]) ?? "", message: "simulated")
                entry.hasArrived = true
                process.run { [self] in complete(entry, .failure(.server(error))) }
            case .cut:
                if dice.chance(0.5) { arrive(entry, generation, losesReply: true) }
                cut(for: dice.time(upTo: .milliseconds(500)))
            }
        }
    }

    private func fault() -> Fault {
        guard !world.isHealed else { return .none }
        let likelihood = world.now < process.stormyUntil ? 0.12 : 0.004
        guard dice.chance(likelihood) else { return .none }
        return dice.pick([Fault.requestLost, .replyLost, .replyLost, .refused, .cut]) ?? .none
    }

    private func latency() -> Duration {
        let short = dice.time(upTo: .milliseconds(2))
        guard !world.isHealed, world.now < process.stormyUntil, dice.chance(0.1) else { return short }
        process.trouble()
        return dice.time(upTo: dice.chance(0.2) ? world.lease * 2 : world.lease / 4)
    }

    private func fail(_ entry: Command, _ failure: RedisFailure) {
        entry.isLost = true
        process.schedule(after: dice.time(upTo: .milliseconds(300))) { [self] in complete(entry, .failure(failure)) }
    }

    private func arrive(_ entry: Command, _ generation: Int, losesReply: Bool = false) {
        guard !entry.hasArrived, !entry.isLost, world.finding == nil else { return }
        let isCurrent = generation == self.generation
        guard isCurrent || entry.isLate else { return }
        if entry.command.name == "BZPOPMIN" {
            if isCurrent { block(entry, generation) }
            return
        }
        entry.hasArrived = true
        if !isCurrent { world.note("\(process.name): a command of a lost connection arrives") }
        let result = world.execute(entry.command, from: process.name)
        guard isCurrent, !losesReply else { return }
        reply(entry, generation, result)
    }

    private func reply(_ entry: Command, _ generation: Int, _ result: Result<RedisValue, RedisFailure>) {
        lastReply = max(lastReply, world.now + latency())
        let delay = lastReply - world.now
        world.reactor.schedule(after: delay) { [self] in
            if delay > .milliseconds(20) { process.trouble() }
            guard generation == self.generation else { return }
            process.run { [self] in complete(entry, result) }
        }
    }

    /// Commands behind one that waits in Redis wait with it.
    private func block(_ entry: Command, _ generation: Int) {
        guard blocked == nil else {
            behindBlocked.append((entry, generation))
            return
        }
        entry.hasArrived = true
        let words = CommandWords.of(entry.command)
        let seconds = Double(words.last ?? "") ?? 0
        let serial = world.serial()
        blocked = serial
        world.block(
            BlockedCall(
                serial: serial, process: process.name, keys: Array(words.dropFirst().dropLast()),
                command: entry.command, deadlineMicroseconds: world.redisMicroseconds + Int64(seconds * 1_000_000)
            ) { [self] value in
                blocked = nil
                reply(entry, generation, .success(value))
                if !behindBlocked.isEmpty {
                    let (next, generation) = behindBlocked.removeFirst()
                    arrive(next, generation)
                }
            }, timeout: .seconds(seconds))
    }

    private func expire(_ entry: Command) {
        guard !entry.isDone else { return }
        process.trouble()
        guard entry.isWritten else {
            waiting.removeAll { $0 === entry }
            return complete(entry, .failure(.notSent("no connection")))
        }
        complete(entry, .failure(.outcomeUnknown("no reply in time")))
        expiries += 1
        if expiries >= 2 { cut(for: .milliseconds(50)) }
    }

    private func complete(_ entry: Command, _ result: Result<RedisValue, RedisFailure>) {
        guard !entry.isDone else { return }
        entry.isDone = true
        entry.timer?.cancel()
        if entry.hasArrived || entry.isLost { underWay.removeAll { $0 === entry } }
        if case .success = result { expiries = 0 }
        entry.completion(result)
    }
}
