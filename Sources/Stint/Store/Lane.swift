// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
package import StintRedis
import Synchronization

/// A caller's lane to one queue: sends its calls one after the other, each until its outcome is known.
///
/// Performs what a ``LaneMachine`` decides. Calls made while one is under way wait in order.
package final class Lane: Sendable {
    /// The answer to a call.
    package struct Reply: Sendable {
        /// What the script returned.
        package let value: RedisValue
        /// The reactor's time just before the call was handed over for the first time.
        package let firstSent: Duration
        /// Whether an earlier sending of the call had an unknown outcome.
        package let wasRepeated: Bool
        /// The key of the lane that carried the call.
        package let lane: String
        /// The number of the call in that lane.
        package let number: Int
    }

    /// Makes the call for a lane (its key) and a number.
    package typealias Make = @Sendable (_ lane: String, _ number: Int) -> ScriptCall
    /// Takes the outcome; called once, on the reactor, or by the caller of `call` or `close` after the end.
    package typealias Completion = @Sendable (Result<Reply, StintError>) -> Void

    private struct Work {
        let make: Make
        let completion: Completion
    }

    private struct State {
        var machine: LaneMachine
        var current: Work?
        /// The lane and number under which the call under way was sent last.
        var sent = (lane: "", number: 0)
        var waiting: [Work] = []
        var timer: ReactorTimer?
        var isClosed = false
        /// Tells the reply or timer of the step under way from those of steps that are over.
        var step = 0
    }

    let core: ClientCore
    let keys: QueueKeys
    private let isWorker: Bool
    private let state: Mutex<State>

    /// Makes a lane; nothing is sent before the first call.
    package init(core: ClientCore, keys: QueueKeys, policy: LaneMachine.Policy) {
        self.core = core
        self.keys = keys
        isWorker = policy == .worker
        state = Mutex(State(machine: LaneMachine(policy: policy, random: core.random)))
    }

    /// Whether a call is under way.
    package var isBusy: Bool { state.withLock { $0.current != nil } }

    /// Makes a call, after those that wait.
    package func call(_ make: @escaping Make, completion: @escaping Completion) {
        let work = Work(make: make, completion: completion)
        let now = core.reactor.now
        let step: (LaneMachine.Action, Int)?
        let isClosed: Bool
        (step, isClosed) = state.withLock { state in
            guard !state.isClosed else { return (nil, true) }
            guard state.current == nil else {
                state.waiting.append(work)
                return (nil, false)
            }
            return (Self.start(work, &state, now), false)
        }
        if isClosed { completion(.failure(.clientClosed)) }
        if let step { perform(step.0, step.1) }
    }

    /// Ends the call under way and those that wait, and refuses all others.
    package func close() {
        let ended: [(Work, StintError)] = state.withLock { state in
            state.isClosed = true
            state.step += 1
            state.timer?.cancel()
            state.timer = nil
            var ended = state.waiting.map { ($0, StintError.clientClosed) }
            state.waiting = []
            if let current = state.current, case .fail(let error) = state.machine.close() {
                ended.insert((current, error), at: 0)
            }
            state.current = nil
            return ended
        }
        for (work, error) in ended { work.completion(.failure(error)) }
    }

    /// As ``close()``, unless the call under way may have been carried out.
    func closeUnlessSent() {
        if state.withLock({ !$0.machine.isUnderWay }) { close() }
    }

    private static func start(_ work: Work, _ state: inout State, _ now: Duration) -> (LaneMachine.Action, Int) {
        state.current = work
        state.step += 1
        return (state.machine.begin(now: now), state.step)
    }

    private func perform(_ action: LaneMachine.Action, _ step: Int) {
        switch action {
        case .open(let name):
            let call = Scripts.openLane(lane: keys.lane(name))
            core.run(call) { [self] result in received(ScriptEvent(result, script: "open_lane"), step) }
        case .send(let name, let number):
            guard let make = state.withLock({ $0.step == step ? $0.current?.make : nil }) else { return }
            let lane = keys.lane(name)
            state.withLock { $0.sent = (lane, number) }
            let call = make(lane, number)
            core.run(call) { [self] result in received(ScriptEvent(result, script: call.script.name), step) }
        case .wait(let time):
            let timer = core.reactor.schedule(after: time) { [self] in advance(step) { $0.resume(now: $1) } }
            let isStale = state.withLock { state in
                guard state.step == step else { return true }
                state.timer = timer
                return false
            }
            if isStale { timer.cancel() }
        case .answer(let value, let firstSent, let wasRepeated):
            let (lane, number) = state.withLock { $0.sent }
            let reply = Reply(
                value: value, firstSent: firstSent, wasRepeated: wasRepeated, lane: lane, number: number)
            finish(.success(reply), step)
        case .fail(let error):
            finish(.failure(error), step)
        case .none:
            break
        }
    }

    private func received(_ event: ScriptEvent, _ step: Int) {
        let failures = state.withLock { $0.machine.failures }
        // Once, twice, four times …: it is repeated until somebody mends it.
        if isWorker, case .refused(let error) = event, failures & (failures + 1) == 0 {
            core.logger.error("Redis refuses this worker", metadata: ["error": "\(error.message)"])
        }
        advance(step) { $0.received(event, now: $1) }
    }

    private func advance(_ step: Int, _ body: (inout LaneMachine, Duration) -> LaneMachine.Action) {
        let now = core.reactor.now
        let next: (LaneMachine.Action, Int)? = state.withLock { state in
            guard state.step == step else { return nil }
            state.step += 1
            state.timer = nil
            return (body(&state.machine, now), state.step)
        }
        if let next { perform(next.0, next.1) }
    }

    private func finish(_ result: Result<Reply, StintError>, _ step: Int) {
        let now = core.reactor.now
        let (work, next): (Work?, (LaneMachine.Action, Int)?) = state.withLock { state in
            guard state.step == step, let work = state.current else { return (nil, nil) }
            state.current = nil
            guard !state.waiting.isEmpty else { return (work, nil) }
            return (work, Self.start(state.waiting.removeFirst(), &state, now))
        }
        if let next { perform(next.0, next.1) }
        work?.completion(result)
    }
}
