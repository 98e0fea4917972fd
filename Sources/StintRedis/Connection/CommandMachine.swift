// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Decides what happens to the commands of one reconnecting connection.
///
/// Holds no clock and does no I/O.
///
/// A command waits in `unsent` until it is taken for writing and in `sent` until its reply comes: Redis answers in
/// order. Losing the connection fails what was sent, because Redis may have run it, and keeps what was not; that is
/// written after reconnecting, as long as its own deadline has not passed. The shell performs the returned effects.
struct CommandMachine<Command> {
    /// A command and the time that it has.
    struct Pending {
        var command: Command
        var deadline: Duration
        var timeout: Duration
        /// Whether it means nothing on another connection than that of the command before it.
        var isBound = false
    }

    /// What the shell is to do, in this order.
    struct Effects {
        /// Close the socket and forget it.
        var disconnect = false
        /// Open a new socket.
        var connect = false
        /// Call `retryDue` after this time.
        var retryAfter: Duration?
        /// Take commands for writing while the socket takes them.
        var write = false
        /// Call `timerFired` at this time, in place of any other.
        var timer: Duration?
        /// Tell these that the connection is ready.
        var connected: [Command] = []
        /// Fail these.
        var failed: [(command: Command, failure: RedisFailure)] = []
    }

    /// What to do with a reply.
    enum Reply {
        /// Hand it to this command.
        case deliver(Command, Effects?)
        /// Its command has expired: drop it.
        case discard(Effects?)
        /// Nothing was asked.
        case unexpected(Effects)
    }

    private enum Phase {
        /// No socket, and nothing that wants one.
        case idle
        /// No socket; one will be opened when the back-off is over.
        case backingOff
        /// A socket is being opened and logged in.
        case connecting
        case ready
        /// Nothing more is written; the socket is closed once all is answered, to look for the primary anew.
        case draining
        /// The last login was refused: commands fail with this until the back-off is over.
        case refused(String)
        case closed
    }

    private struct Slot {
        /// Nil once the command has expired: its reply is to be dropped.
        var command: Command?
        var deadline: Duration
        var timeout: Duration
    }

    private let endpoint: String
    private let expiriesBeforeClose: Int
    private var backoff: Backoff
    private var phase = Phase.idle
    private var unsent = CircularBuffer<Pending>()
    private var sent = CircularBuffer<Slot>()
    /// Callers that wait for a connection, not for a reply.
    private var probes: [Pending] = []
    private var lastConnectError: String?
    private var retryAt: Duration = .zero
    private var timerAt: Duration?
    private var expiries = 0

    /// Makes a machine for the server at `endpoint`, which closes at the `expiriesBeforeClose`th expiry without a reply
    /// in between.
    init(endpoint: String, expiriesBeforeClose: Int, random: any RandomSource) {
        self.endpoint = endpoint
        self.expiriesBeforeClose = expiriesBeforeClose
        backoff = Backoff(random: random)
    }

    /// How many commands wait for their reply, the expired ones included.
    var sentCount: Int { sent.count }
    /// How many commands were not yet written.
    var unsentCount: Int { unsent.count }

    private var wantsConnection: Bool { !unsent.isEmpty || !probes.isEmpty }

    // MARK: Commands

    /// Takes commands in.
    mutating func enqueue(_ commands: some Sequence<Pending>, now: Duration) -> Effects {
        var effects = Effects()
        if let failure = refusal(now: now) {
            effects.failed = commands.map { ($0.command, failure) }
            return effects
        }
        for command in commands {
            unsent.append(command)
            watch(command.deadline, &effects)
        }
        if unsent.isEmpty { return effects }
        begin(now: now, &effects)
        return effects
    }

    /// Takes a caller in who waits until the connection is ready or the next attempt has failed.
    mutating func probe(_ probe: Pending, now: Duration) -> Effects {
        var effects = Effects()
        if case .ready = phase {
            effects.connected.append(probe.command)
            return effects
        }
        if let failure = refusal(now: now) {
            effects.failed.append((probe.command, failure))
            return effects
        }
        probes.append(probe)
        watch(probe.deadline, &effects)
        begin(now: now, &effects)
        return effects
    }

    /// Returns the next command to write, which counts as sent from now on.
    mutating func takeForWriting() -> Command? {
        guard case .ready = phase, let next = unsent.popFirst() else { return nil }
        sent.append(Slot(command: next.command, deadline: next.deadline, timeout: next.timeout))
        return next.command
    }

    /// Takes a reply in; `errorCode` is the first word of an error.
    mutating func replied(errorCode: String?, now: Duration) -> Reply {
        guard let slot = sent.popFirst() else {
            var effects = Effects()
            lose(.protocolViolation("a reply to no command"), now: now, &effects)
            return .unexpected(effects)
        }
        expiries = 0
        backoff.reset()
        if errorCode == "READONLY" || errorCode == "UNBLOCKED" {
            phase = .draining
        }
        var effects: Effects?
        if case .draining = phase, sent.isEmpty {
            var closing = Effects()
            lose(.outcomeUnknown("the server is no longer the primary"), now: now, &closing)
            effects = closing
        }
        guard let command = slot.command else { return .discard(effects) }
        return .deliver(command, effects)
    }

    // MARK: Connection

    /// The socket is open and logged in.
    mutating func connected() -> Effects {
        var effects = Effects()
        phase = .ready
        expiries = 0
        lastConnectError = nil
        effects.connected = probes.map(\.command)
        probes.removeAll()
        effects.write = !unsent.isEmpty
        return effects
    }

    /// The socket could not be opened or logged in.
    mutating func connectFailed(_ failure: ConnectFailure, now: Duration) -> Effects {
        var effects = Effects()
        let text = "cannot use Redis at \(endpoint): \(failure.reason)"
        switch failure {
        case .refused:
            effects.failed = (probes + unsent).map { ($0.command, .refused(text)) }
            probes.removeAll()
            unsent.removeAll()
            phase = .refused(text)
            retryAt = now + backoff.nextUnjittered()
        case .unreachable(let reason):
            lastConnectError = reason
            effects.failed = probes.map { ($0.command, .notSent(notSentText)) }
            probes.removeAll()
            retry(now: now, &effects)
        }
        return effects
    }

    /// The socket was lost.
    mutating func lost(_ failure: RedisFailure, now: Duration) -> Effects {
        var effects = Effects()
        lose(failure, now: now, &effects)
        effects.disconnect = false
        return effects
    }

    /// The time asked for with `retryAfter` has passed.
    mutating func retryDue() -> Effects {
        var effects = Effects()
        guard case .backingOff = phase else { return effects }
        phase = wantsConnection ? .connecting : .idle
        effects.connect = wantsConnection
        return effects
    }

    /// The client is shut down: fails everything, opens nothing any more.
    mutating func shutDown() -> Effects {
        var effects = Effects()
        effects.failed =
            sent.compactMap { slot in
                slot.command.map { ($0, .outcomeUnknown("the client was shut down before the reply came")) }
            } + (probes + unsent).map { ($0.command, .closed) }
        sent.removeAll()
        unsent.removeAll()
        probes.removeAll()
        phase = .closed
        effects.disconnect = true
        return effects
    }

    // MARK: Time

    /// Fails what has expired by `now`.
    mutating func timerFired(now: Duration) -> Effects {
        var effects = Effects()
        timerAt = nil
        let reason = notSentText
        Self.expire(&probes, now: now, reason, &effects)
        Self.expire(&unsent, now: now, reason, &effects)
        var didExpire = false
        for index in sent.indices {
            let slot = sent[index]
            guard let command = slot.command, slot.deadline <= now else { continue }
            sent[index].command = nil
            didExpire = true
            effects.failed.append((command, .outcomeUnknown(Self.lateText(endpoint, slot.timeout))))
        }
        if didExpire {
            expiries += 1
            if expiries >= expiriesBeforeClose {
                lose(
                    .outcomeUnknown("the connection was closed because Redis at \(endpoint) did not answer"),
                    now: now, &effects)
            }
        }
        let deadlines = sent.lazy.compactMap { $0.command == nil ? nil : $0.deadline }
        for deadline in [deadlines.min(), unsent.lazy.map(\.deadline).min(), probes.lazy.map(\.deadline).min()] {
            if let deadline { watch(deadline, &effects) }
        }
        return effects
    }

    // MARK: Steps

    private func refusal(now: Duration) -> RedisFailure? {
        switch phase {
        case .closed: .closed
        case .refused(let text) where now < retryAt: .refused(text)
        default: nil
        }
    }

    private mutating func begin(now: Duration, _ effects: inout Effects) {
        switch phase {
        case .ready:
            effects.write = true
        case .idle where now < retryAt:
            phase = .backingOff
            effects.retryAfter = min(retryAt - now, patience)
        case .idle, .refused:
            phase = .connecting
            effects.connect = true
        case .backingOff, .connecting, .draining, .closed:
            break
        }
    }

    /// How long the most urgent command can wait before another attempt: half of the time it has.
    ///
    /// A lease that is to be renewed cannot wait as long as a job that is to be enqueued.
    private var patience: Duration {
        let shortest = [unsent.lazy.map(\.timeout).min(), probes.lazy.map(\.timeout).min()].compactMap(\.self).min()
        return (shortest ?? .seconds(60)) / 2
    }

    private mutating func retry(now: Duration, _ effects: inout Effects) {
        let delay = min(backoff.next(), patience)
        retryAt = now + delay
        phase = wantsConnection ? .backingOff : .idle
        if wantsConnection { effects.retryAfter = delay }
    }

    private mutating func lose(_ failure: RedisFailure, now: Duration, _ effects: inout Effects) {
        if case .closed = phase { return }
        effects.disconnect = true
        effects.failed += sent.compactMap { slot in slot.command.map { ($0, failure) } }
        sent.removeAll()
        // What was to go right behind a command that is lost.
        while let next = unsent.first, next.isBound {
            unsent.removeFirst()
            effects.failed.append((next.command, .notSent("the connection to Redis at \(endpoint) was lost")))
        }
        expiries = 0
        retry(now: now, &effects)
    }

    private mutating func watch(_ deadline: Duration, _ effects: inout Effects) {
        if let timerAt, timerAt <= deadline { return }
        timerAt = deadline
        effects.timer = deadline
    }

    private static func expire(
        _ waiting: inout some RangeReplaceableCollection<Pending>,
        now: Duration,
        _ reason: String,
        _ effects: inout Effects
    ) {
        guard waiting.contains(where: { $0.deadline <= now }) else { return }
        effects.failed += waiting.lazy.filter { $0.deadline <= now }.map { ($0.command, .notSent(reason)) }
        waiting.removeAll { $0.deadline <= now }
    }

    private var notSentText: String {
        if let lastConnectError { return "cannot connect to Redis at \(endpoint): \(lastConnectError)" }
        switch phase {
        case .ready, .draining: return "Redis at \(endpoint) took no more commands within the time limit"
        default: return "cannot connect to Redis at \(endpoint) within the time limit"
        }
    }

    private static func lateText(_ endpoint: String, _ timeout: Duration) -> String {
        "Redis at \(endpoint) did not answer within \(timeout.formatted)"
    }
}

extension Duration {
    /// The duration in seconds for messages, such as `5 s` or `0.25 s`.
    var formatted: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds % 1_000 != 0 else { return "\(milliseconds / 1_000) s" }
        return "\(Double(milliseconds) / 1_000) s"
    }
}

extension CommandMachine.Pending: Sendable where Command: Sendable {}
