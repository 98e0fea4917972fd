// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import Synchronization

/// A transport over one connection that is opened when first used and again whenever it was lost.
///
/// Any thread appends to the inbox; only the one that finds it empty wakes the event loop, which takes everything
/// present and writes it in one go. So callers that come together share a system call without knowing of each other.
final class CommandLink: RedisTransport {
    /// A command on its way.
    struct Call: Sendable {
        var bytes: [UInt8]
        var completion: @Sendable (Result<RedisValue, RedisFailure>) -> Void
    }

    private struct Inbox {
        var calls: [CommandMachine<Call>.Pending] = []
    }

    private let inbox = Mutex(Inbox())
    private let reactor: NIOReactor
    private let core: NIOLoopBoundBox<CommandLinkCore>
    private let trace: CommandTrace?

    init(
        name: String,
        dialer: Dialer,
        expiriesBeforeClose: Int,
        random: any RandomSource,
        reconnects: ReconnectLimit,
        logger: Logger,
        onTrouble: (@Sendable () -> Void)? = nil
    ) {
        reactor = dialer.reactor
        var logger = logger
        logger[metadataKey: "stint.connection"] = "\(name)"
        trace = CommandTrace(reactor: reactor, logger: logger)
        let machine = CommandMachine<Call>(
            endpoint: dialer.configuration.endpoint, expiriesBeforeClose: expiriesBeforeClose, random: random,
            reconnects: reconnects)
        core = .makeBoxSendingValue(
            CommandLinkCore(
                machine: machine, dialer: dialer, logger: logger, isSpokesman: name == "commands", onTrouble: onTrouble),
            eventLoop: reactor.eventLoop)
    }

    func send(
        _ command: RedisCommand,
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        append(call(command, completion), timeout: timeout)
    }

    func send(
        together commands: [RedisCommand],
        timeout: Duration,
        completion: @escaping @Sendable (_ place: Int, Result<RedisValue, RedisFailure>) -> Void
    ) {
        let calls = commands.enumerated().map { place, command in call(command) { completion(place, $0) } }
        guard let first = calls.first else { return }
        append(first, then: Array(calls.dropFirst()), timeout: timeout)
    }

    /// Sends a command right behind ASKING, which makes a node that is taking over a slot run it.
    func sendAsking(
        _ command: RedisCommand,
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        // What becomes of ASKING itself, the reply to the command shows.
        append(
            Call(bytes: RedisCommand("ASKING").bytes) { _ in }, then: [call(command, completion)], areBound: true,
            timeout: timeout)
    }

    private func call(
        _ command: RedisCommand, _ completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) -> Call {
        Call(bytes: command.bytes, completion: trace?.watching(command, completion) ?? completion)
    }

    /// Puts a call into the inbox, and others right behind it.
    ///
    /// - Parameter areBound: Whether the others go out on the same connection as the first or not at all.
    private func append(_ call: Call, then others: [Call] = [], areBound: Bool = false, timeout: Duration) {
        let deadline = reactor.now + timeout
        let mustWake = inbox.withLock { inbox in
            let wasEmpty = inbox.calls.isEmpty
            inbox.calls.append(.init(command: call, deadline: deadline, timeout: timeout))
            for other in others {
                inbox.calls.append(.init(command: other, deadline: deadline, timeout: timeout, isBound: areBound))
            }
            return wasEmpty
        }
        if mustWake {
            reactor.execute { self.drain() }
        }
    }

    /// Waits for a usable connection; fails with the very first error.
    func connect(timeout: Duration) async throws(RedisFailure) {
        let result: Result<RedisValue, RedisFailure> = await withCheckedContinuation { continuation in
            connect(timeout: timeout) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// Reports when the connection is usable, or the very first error.
    func connect(timeout: Duration, completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void) {
        let call = Call(bytes: [], completion: completion)
        reactor.execute {
            self.core.value.probe(.init(command: call, deadline: self.reactor.now + timeout, timeout: timeout))
        }
    }

    /// Fails what is under way and closes the connection for good.
    func shutdown() async {
        await withCheckedContinuation { continuation in
            reactor.execute {
                self.drain()
                guard let closing = self.core.value.shutDown() else { return continuation.resume() }
                closing.whenComplete { _ in continuation.resume() }
            }
        }
    }

    /// The same, when nobody can wait for it.
    func shutdownWithoutWaiting() {
        reactor.execute {
            self.drain()
            _ = self.core.value.shutDown()
        }
    }

    private func drain() {
        let calls = inbox.withLock { inbox in
            let calls = inbox.calls
            // A fresh array of the same order of size: appending to it must not grow step by step under the lock.
            inbox.calls = []
            inbox.calls.reserveCapacity(min(calls.count, 1_024))
            return calls
        }
        if !calls.isEmpty { core.value.enqueue(calls) }
    }
}

extension CommandLink: RedisPairTransport {
    func send(
        _ first: RedisCommand, then second: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisPairReply, RedisFailure>) -> Void
    ) {
        // Replies come in order, so that of the first is there when the second's comes, whatever it is.
        let early = EarlyReply()
        append(
            call(first) { early.set($0) },
            then: [
                call(second) { late in
                    completion(early.get().flatMap { first in late.map { RedisPairReply(first: first, second: $0) } })
                }
            ], areBound: true, timeout: timeout)
    }

    /// The reply to the first command of a pair.
    private final class EarlyReply: Sendable {
        private let result = Mutex<Result<RedisValue, RedisFailure>>(.failure(.closed))

        func set(_ result: Result<RedisValue, RedisFailure>) { self.result.withLock { $0 = result } }
        func get() -> Result<RedisValue, RedisFailure> { result.withLock { $0 } }
    }
}
