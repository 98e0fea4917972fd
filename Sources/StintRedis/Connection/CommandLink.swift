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
        configuration: RedisConfiguration,
        tls: TLSSource?,
        expiriesBeforeClose: Int,
        reactor: NIOReactor,
        random: any RandomSource,
        logger: Logger
    ) {
        self.reactor = reactor
        var logger = logger
        logger[metadataKey: "stint.connection"] = "\(name)"
        trace = CommandTrace(reactor: reactor, logger: logger)
        let machine = CommandMachine<Call>(
            endpoint: configuration.endpoint, expiriesBeforeClose: expiriesBeforeClose, random: random)
        core = .makeBoxSendingValue(
            CommandLinkCore(
                machine: machine, configuration: configuration, tls: tls, reactor: reactor, logger: logger),
            eventLoop: reactor.eventLoop)
    }

    func send(
        _ command: RedisCommand,
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let completion = trace?.watching(command, completion) ?? completion
        let call = CommandMachine<Call>.Pending(
            command: Call(bytes: command.bytes, completion: completion),
            deadline: reactor.now + timeout,
            timeout: timeout)
        let mustWake = inbox.withLock { inbox in
            inbox.calls.append(call)
            return inbox.calls.count == 1
        }
        if mustWake {
            reactor.execute { self.drain() }
        }
    }

    /// Waits for a usable connection; fails with the very first error.
    func connect(timeout: Duration) async throws(RedisFailure) {
        let result: Result<RedisValue, RedisFailure> = await withCheckedContinuation { continuation in
            let call = Call(bytes: []) { continuation.resume(returning: $0) }
            reactor.execute {
                self.core.value.probe(.init(command: call, deadline: self.reactor.now + timeout, timeout: timeout))
            }
        }
        _ = try result.get()
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
