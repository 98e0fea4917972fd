// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Decides how one lane's calls are sent, repeated and given up.
///
/// Holds no clock and does no I/O: the caller performs the returned action and reports what came of it.
///
/// A lane makes calls repeatable (DESIGN §5): Redis keeps the number of its last call and a short reply. So one call is
/// unanswered at a time, an outcome that is not known is found out by sending the same number again, and a lane that
/// Redis does not know is never taken for a new one. A lane whose call ended in any way but with a reply is left for a
/// new one: its number may have been used or not.
package struct LaneMachine: Sendable {
    /// How long a call is repeated.
    package enum Policy: Sendable, Hashable {
        /// For `limit`, checked before each send; then its outcome is unknown, or it was never sent.
        case producer(limit: Duration)
        /// Until it is answered or the lane is closed.
        case worker
    }

    /// What the caller is to do.
    package enum Action: Sendable {
        /// Open the lane of this name and report with `received`.
        case open(String)
        /// Send the call under this lane and number and report with `received`.
        case send(lane: String, number: Int)
        /// Call `resume` after this time.
        case wait(Duration)
        /// The call was answered.
        case answer(RedisValue, firstSent: Duration, wasRepeated: Bool)
        /// The call failed.
        case fail(StintError)
        /// Nothing: the report came too late to matter.
        case none
    }

    private enum Phase {
        /// No call is under way.
        case idle
        /// The lane is being opened for the call under way.
        case opening
        /// The call was sent and has no reply yet.
        case calling
        /// The call waits before it is sent again.
        case waiting
        /// No call is accepted any more.
        case closed
    }

    private let policy: Policy
    private let random: any RandomSource
    private var phase: Phase = .idle
    /// The lane's name; nil while none is open.
    private var lane: String?
    /// The lane's name while it is being opened.
    private var candidate = ""
    /// The number of the last call that was answered.
    private var number = 0
    private var deadline: Duration = .zero
    private var firstSent: Duration?
    /// Whether the call under way may have run already.
    private var mayHaveRun = false
    private var lastError: StintError?
    /// How often the call under way failed in a row; for the back-off and for logging.
    package private(set) var failures = 0

    /// Makes a lane that is opened with its first call.
    package init(policy: Policy, random: any RandomSource) {
        self.policy = policy
        self.random = random
    }

    /// Begins a call; only while none is under way.
    package mutating func begin(now: Duration) -> Action {
        guard case .idle = phase else { return .fail(.clientClosed) }
        if case .producer(let limit) = policy { deadline = now + limit }
        firstSent = nil
        mayHaveRun = false
        lastError = nil
        failures = 0
        return send(now: now)
    }

    /// Goes on after a wait.
    package mutating func resume(now: Duration) -> Action {
        guard case .waiting = phase else { return .none }
        return send(now: now)
    }

    /// Takes the outcome of what was opened or sent.
    package mutating func received(_ event: ScriptEvent, now: Duration) -> Action {
        switch phase {
        case .opening: opened(event, now: now)
        case .calling: called(event, now: now)
        case .idle, .waiting, .closed: .none
        }
    }

    /// Ends the call under way, if there is one, and refuses all others.
    package mutating func close() -> Action {
        defer { phase = .closed }
        switch phase {
        case .idle, .closed: return .none
        case .opening, .calling, .waiting: return .fail(mayHaveRun || phase == .calling ? .lastUnknown : .clientClosed)
        }
    }

    /// Whether the call under way was sent, and may have been carried out or yet be.
    var isUnderWay: Bool { phase == .calling || mayHaveRun }

    private mutating func send(now: Duration) -> Action {
        if case .producer = policy, now >= deadline { return giveUp() }
        guard let lane else {
            candidate = Self.name(random)
            phase = .opening
            return .open(candidate)
        }
        phase = .calling
        if firstSent == nil { firstSent = now }
        return .send(lane: lane, number: number + 1)
    }

    private mutating func opened(_ event: ScriptEvent, now: Duration) -> Action {
        switch event {
        case .reply:
            lane = candidate
            number = 0
            return send(now: now)
        case .laneLost, .notRun, .notSent, .unknown:
            // A repetition takes a new name: the first may still arrive, and would make a call of the lane look new.
            return repeatLater(event.error)
        case .refused(let error):
            return policy == .worker ? repeatLater(error) : end(.fail(error))
        case .failed(let error), .broken(let error):
            return end(.fail(error))
        case .closed:
            return end(.fail(.clientClosed))
        }
    }

    private mutating func called(_ event: ScriptEvent, now: Duration) -> Action {
        switch event {
        case .reply(let value):
            number += 1
            phase = .idle
            return .answer(value, firstSent: firstSent ?? now, wasRepeated: mayHaveRun)
        case .laneLost:
            lane = nil
            if mayHaveRun, case .producer = policy { return end(.fail(.lastUnknown)) }
            firstSent = nil
            mayHaveRun = false
            failures += 1
            // Once may be an expired lane; again and again is a Redis that keeps nothing.
            return failures < 3 ? send(now: now) : repeatLater(event.error)
        case .unknown(let error):
            mayHaveRun = true
            return repeatLater(error)
        case .notRun(let error), .notSent(let error):
            if !mayHaveRun { firstSent = nil }
            return repeatLater(error)
        case .refused(let error):
            if policy == .worker || mayHaveRun { return repeatLater(error) }
            return end(.fail(error))
        case .failed(let error):
            // Refused now says nothing of the time before.
            if mayHaveRun, error.code == .redisFull { return repeatLater(error) }
            return end(.fail(error))
        case .broken(let error):
            return end(.fail(error))
        case .closed:
            return end(.fail(mayHaveRun ? .lastUnknown : .clientClosed))
        }
    }

    private mutating func repeatLater(_ error: StintError?) -> Action {
        lastError = error
        failures += 1
        phase = .waiting
        return .wait(RepeatDelay.after(error, failures: failures, random: random))
    }

    private mutating func giveUp() -> Action {
        let unreachable = StintError(.redisUnreachable, "Redis could not be reached in time; nothing was done.")
        return end(.fail(mayHaveRun ? .lastUnknown : lastError?.settled ?? unreachable))
    }

    private mutating func end(_ action: Action) -> Action {
        lane = nil
        phase = .idle
        return action
    }

    /// 26 characters from 120 random bits.
    private static func name(_ random: any RandomSource) -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var text: [UInt8] = []
        for _ in 0..<2 {
            var bits = random.next()
            for _ in 0..<12 {
                text.append(alphabet[Int(bits & 31)])
                bits >>= 5
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension StintError {
    /// What a call answers that was sent and never answered.
    fileprivate static var lastUnknown: Self {
        .init(.outcomeUnknown, "The call was sent and no answer came in time; it may or may not have been carried out.")
    }

    /// An opening whose outcome is unknown did nothing to the queue.
    fileprivate var settled: StintError {
        code == .outcomeUnknown ? StintError(.redisUnreachable, message, underlying: underlying) : self
    }
}
