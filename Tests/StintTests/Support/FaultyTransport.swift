// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import Synchronization

@testable import Stint

/// A transport that breaks on request: for each command, a rule says what happens to it.
final class FaultyTransport: RedisTransport {
    enum Fault: Sendable {
        /// Nothing goes wrong.
        case none
        /// It is carried out and the reply is lost.
        case loseReply
        /// It is carried out, then this is done, and only then the reply is lost.
        case loseReplyAfter(@Sendable () async -> Void)
        /// It is lost on the way, and nobody can tell.
        case loseRequest
        /// It fails in this way without being sent.
        case fail(RedisFailure)
    }

    private let inner: any RedisTransport
    private let reactor: any Reactor
    private let rule: Mutex<@Sendable (RedisCommand) -> Fault>
    private let sent = Mutex<[RedisCommand]>([])

    init(_ inner: any RedisTransport, reactor: any Reactor) {
        self.inner = inner
        self.reactor = reactor
        rule = Mutex { _ in .none }
    }

    /// How often a script was to be run.
    func count(of script: RedisScript) -> Int { sent.withLock { $0.count { $0.carries(script) } } }

    func set(_ rule: @escaping @Sendable (RedisCommand) -> Fault) { self.rule.withLock { $0 = rule } }

    /// Lets the next commands that carry this script suffer these faults, one after the other.
    func apply(_ faults: [Fault], to script: RedisScript) {
        let left = FaultList(faults)
        set { $0.carries(script) ? left.next() : .none }
    }

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        sent.withLock { $0.append(command) }
        switch rule.withLock({ $0 })(command) {
        case .none: inner.send(command, timeout: timeout, completion: completion)
        case .loseReply:
            inner.send(command, timeout: timeout) { _ in completion(.failure(.outcomeUnknown("the reply was lost"))) }
        case .loseReplyAfter(let body):
            inner.send(command, timeout: timeout) { [reactor] _ in
                Task {
                    await body()
                    reactor.execute { completion(.failure(.outcomeUnknown("the reply was lost"))) }
                }
            }
        case .loseRequest: reactor.execute { completion(.failure(.outcomeUnknown("the request was lost"))) }
        case .fail(let failure): reactor.execute { completion(.failure(failure)) }
        }
    }
}

/// Faults to be used up.
final class FaultList: Sendable {
    private let faults: Mutex<[FaultyTransport.Fault]>

    init(_ faults: [FaultyTransport.Fault]) { self.faults = Mutex(faults) }

    func next() -> FaultyTransport.Fault {
        faults.withLock { $0.isEmpty ? .none : $0.removeFirst() }
    }
}

extension RedisCommand {
    /// Whether this runs a script by its digest or source.
    func carries(_ script: RedisScript) -> Bool {
        guard name == script.digestCommand || name == script.sourceCommand else { return false }
        let head = String(decoding: bytes.prefix(200), as: UTF8.self)
        return head.contains(script.sha1) || head.contains(script.source.prefix(60))
    }
}

extension TestCore {
    /// Connects to a private Redis, with faults on request.
    static func connect(
        _ redis: PrivateRedis, namespace: String = "stint", commandTimeout: Duration = .seconds(5)
    ) -> TestCore {
        var logger = Logger(label: "stint.test")
        logger.logLevel = .critical
        let reactor = NIOReactor()
        let node = RedisNode(
            configuration: redis.configuration, reactor: reactor, random: SystemRandom(), logger: logger)
        let faults = FaultyTransport(node.commands, reactor: reactor)
        let core = ClientCore(
            transport: faults, blocking: node.blocking, reactor: reactor, random: SystemRandom(),
            wallClock: { 1_700_000_000_000 }, namespace: namespace, logger: logger,
            commandTimeout: commandTimeout,
            subscribe: { channel, onMessage, onReady in
                let subscription = node.subscribe(channel, onMessage: onMessage, onReady: onReady)
                return { subscription.cancel() }
            },
            close: { await node.shutdown() }, pairs: node.pairs)
        return TestCore(core: core, faults: faults)
    }
}

/// A core whose transport can be broken.
struct TestCore: Sendable {
    let core: ClientCore
    let faults: FaultyTransport
}
