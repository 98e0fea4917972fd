// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization
import Testing

@testable import Stint

@Suite struct LoopWatchTests {
    private func watch() -> LoopWatch {
        var watch = LoopWatch()
        watch.add(.sweep(0), bound: .seconds(2))
        watch.add(.wakeUp, bound: .seconds(5))
        return watch
    }

    @Test("A loop that owes its turn for over three times its bound is stuck, with the last reason, until it turns")
    func stuck() {
        var watch = watch()
        watch.expect(.sweep(0), now: .seconds(10))
        watch.expect(.sweep(0), now: .seconds(15))
        #expect(watch.stuck(now: .seconds(16)).isEmpty)
        watch.failed(.sweep(0), "Redis is away")
        #expect(
            watch.stuck(now: .seconds(17)) == [.init(loop: .sweep(0), time: .seconds(7), reason: "Redis is away")])
        watch.turned(.sweep(0), now: .seconds(17))
        #expect(watch.stuck(now: .seconds(23)).isEmpty)
        #expect(watch.stuck(now: .seconds(24)) == [.init(loop: .sweep(0), time: .seconds(7), reason: nil)])
    }

    @Test("A loop that rests owes nothing, and a fresh turn counts from when it is wanted again")
    func rests() {
        var watch = watch()
        #expect(watch.stuck(now: .seconds(1_000)).isEmpty)
        watch.expect(.wakeUp, now: .seconds(10))
        watch.rest(.wakeUp)
        watch.expect(.wakeUp, now: .seconds(100))
        #expect(watch.stuck(now: .seconds(115)).isEmpty)
        #expect(watch.stuck(now: .seconds(116)).map(\.loop) == [.wakeUp])
        watch.stop()
        watch.turned(.wakeUp, now: .seconds(116))
        #expect(watch.stuck(now: .seconds(1_000)).isEmpty)
    }

    @Test("A worker that gets no answers is stuck in each of its loops; answered again, in none")
    func engine() throws {
        let reactor = SteppedReactor()
        let transport = MuteTransport(reactor: reactor)
        let core = ClientCore(
            transport: transport, blocking: transport, reactor: reactor, random: SplitMix64(seed: 3),
            wallClock: { 0 }, namespace: "stint", logger: LogBook().logger, subscribe: { _, _, _ in {} }, close: {})
        let settings = WorkerSettings(
            queues: [.init(name: "a", weight: 1), .init(name: "b", weight: 1)], slots: 4, handles: { ($0, nil) })
        let engine = WorkerEngine(
            core: core, machine: settings, settings: .init(), attempts: NoAttempts(), logger: core.logger)
        let heartbeat = Heartbeat(engine: engine)
        engine.begin()
        heartbeat.begin()
        // Less than the least of the bounds.
        for _ in 0..<60 { reactor.advance(by: .milliseconds(100)) }
        #expect(engine.stuckLoops().isEmpty)
        for _ in 0..<120 { reactor.advance(by: .milliseconds(100)) }
        let names = Set(engine.stuckLoops().map { $0.loop + ($0.queue.map { " " + $0 } ?? "") })
        // The claims under way hold all slots, so nothing is owed by the wait for more.
        #expect(names == ["sweep a", "sweep b", "claim a", "claim b", "heartbeat"])
        // The first of them has been away for longest.
        #expect(engine.stuckLoops().allSatisfy { $0.seconds >= 15 })
        transport.speak()
        for _ in 0..<20 { reactor.advance(by: .milliseconds(100)) }
        #expect(engine.stuckLoops().map(\.description) == [])
        // And for good.
        for _ in 0..<600 { reactor.advance(by: .milliseconds(100)) }
        #expect(engine.stuckLoops().isEmpty)
        engine.drain()
        reactor.advance(by: .seconds(100))
        #expect(engine.stuckLoops().isEmpty)
    }
}

/// Answers nothing until it is told to; then everything, as an empty queue would.
private final class MuteTransport: RedisTransport {
    private struct State {
        var isMute = true
        var waiting: [@Sendable () -> Void] = []
    }

    private let reactor: SteppedReactor
    private let state = Mutex(State())

    init(reactor: SteppedReactor) { self.reactor = reactor }

    func speak() {
        let waiting = state.withLock { state in
            state.isMute = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in waiting { reactor.execute(body) }
    }

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let reply = Self.reply(to: command)
        let isMute = state.withLock { state in
            if state.isMute { state.waiting.append { completion(.success(reply)) } }
            return state.isMute
        }
        guard !isMute else { return }
        // A blocking command takes its time.
        let delay: Duration = command.name == "BZPOPMIN" ? timeout - .seconds(2) : .milliseconds(1)
        reactor.schedule(after: delay) { completion(.success(reply)) }
    }

    private static func reply(to command: RedisCommand) -> RedisValue {
        let no = RedisValue.integer(0)
        let none = RedisValue.integer(-1)
        if command.name == "BZPOPMIN" { return .null }
        if command.carries(Scripts.sweepScript) {
            return .array([.integer(1), no, none, no, no, .array([]), no, no, no, .array([])])
        }
        if command.carries(Scripts.advanceScript) { return .array([.integer(1), .array([]), .array([]), no, none]) }
        if command.carries(Scripts.trimScript) { return .array([.integer(1), no, no]) }
        return .integer(1)
    }
}

/// Starts nothing, as there is nothing to start.
private struct NoAttempts: WorkerEngine.Attempts {
    func start(_ attempts: [AttemptControl], on engine: WorkerEngine) {}

    func cancel(_ token: WorkerMachine.Token) {}
}
