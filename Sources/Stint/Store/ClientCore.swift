// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import StintRedis

/// Everything that client and worker logic touches of the outside world, injected, so that a simulation can supply it.
package final class ClientCore: Sendable {
    /// Leaves a channel.
    package typealias Unsubscribe = @Sendable () -> Void
    /// Listens to a channel; `onReady` is called after every subscribe, also after a reconnect.
    package typealias Subscribe =
        @Sendable (
            _ channel: String, _ onMessage: @escaping @Sendable ([UInt8]) -> Void,
            _ onReady: @escaping @Sendable () -> Void
        ) -> Unsubscribe

    /// Finds the servers of a cluster that take writes.
    package typealias Primaries = @Sendable () async throws(RedisFailure) -> [any RedisTransport]

    /// Carries commands that Redis answers at once.
    package let transport: any RedisTransport
    /// Carries commands that wait in Redis.
    package let blocking: any RedisTransport
    /// Carries writes with a wait for their copies behind them; nil where nothing can be waited for.
    package let pairs: (any RedisPairTransport)?
    /// The loop that completions are called on, and its clock.
    package let reactor: any Reactor
    /// Where ids, lane names and jitter come from.
    package let random: any RandomSource
    /// The wall clock in milliseconds since 1970, for the time in new ids and nothing else.
    package let wallClock: @Sendable () -> UInt64
    /// The namespace that all keys begin with.
    package let namespace: String
    /// The keys that belong to no queue.
    package let keys: NamespaceKeys
    /// Where Stint logs.
    package let logger: Logger
    /// Runs scripts on `transport`.
    package let scripts: ScriptRunner
    /// How long a reply may take.
    package let commandTimeout: Duration
    /// Logs what an operator must act on.
    let alarms: ServerAlarms
    /// How long the connections may wait before they are opened anew.
    package let reconnects: ReconnectLimit
    /// Seals and opens what jobs carry; nil where they carry it as it is.
    package let sealer: Sealer?
    /// Whether nobody is named to log in as, so that Redis takes its default user, who mostly has all rights.
    let isDefaultUser: Bool
    /// Whether queues may be on different nodes, so that one command cannot wait on several of them.
    package let isCluster: Bool
    private let subscribing: Subscribe
    private let closing: @Sendable () async -> Void
    private let findingPrimaries: Primaries?

    /// Puts a core together of its parts.
    ///
    /// - Parameters:
    ///   - subscribe: Listens to a channel.
    ///   - close: Closes the connections for good.
    ///   - primaries: Finds the primaries of a cluster; nil for a single server.
    ///   - sealing: How to seal what jobs carry; nil for not at all.
    ///   - isDefaultUser: Whether nobody is named to log in as.
    package init(
        transport: any RedisTransport, blocking: any RedisTransport, reactor: any Reactor, random: any RandomSource,
        wallClock: @escaping @Sendable () -> UInt64, namespace: String, logger: Logger,
        commandTimeout: Duration = .seconds(5), subscribe: @escaping Subscribe,
        close: @escaping @Sendable () async -> Void, pairs: (any RedisPairTransport)? = nil,
        primaries: Primaries? = nil, reconnects: ReconnectLimit = .init(), sealing: Sealing? = nil,
        isDefaultUser: Bool = false
    ) {
        self.isDefaultUser = isDefaultUser
        sealer = Sealer(sealing, namespace: namespace)
        self.reconnects = reconnects
        self.pairs = pairs
        self.transport = transport
        self.blocking = blocking
        self.reactor = reactor
        self.random = random
        self.wallClock = wallClock
        self.namespace = namespace
        keys = NamespaceKeys(namespace: namespace)
        self.logger = logger
        scripts = ScriptRunner(transport: transport)
        self.commandTimeout = commandTimeout
        alarms = ServerAlarms(reactor: reactor, logger: logger)
        subscribing = subscribe
        closing = close
        isCluster = primaries != nil
        findingPrimaries = primaries
    }

    /// Names the keys of a queue.
    package func keys(queue: String) -> QueueKeys { QueueKeys(namespace: namespace, queue: queue) }

    /// Runs a script once and reports on the reactor.
    package func run(
        _ call: ScriptCall, timeout: Duration? = nil,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        scripts.run(call.script, keys: call.keys, arguments: call.arguments, timeout: timeout ?? commandTimeout) {
            [alarms] result in
            if case .failure(.server(let error)) = result {
                alarms.heard(error, name: call.script.name, script: call.script)
            }
            completion(result)
        }
    }

    /// Encodes the call of a script with its source.
    func command(_ call: ScriptCall) -> RedisCommand {
        ScriptRunner.command(call.script, keys: call.keys, arguments: call.arguments)
    }

    /// Listens to a channel until the returned closure is called.
    package func subscribe(
        _ channel: String, onMessage: @escaping @Sendable ([UInt8]) -> Void, onReady: @escaping @Sendable () -> Void
    ) -> Unsubscribe {
        subscribing(channel, onMessage, onReady)
    }

    /// Returns a transport to every server that takes writes: one, or each primary of a cluster.
    package func primaries() async throws(StintError) -> [any RedisTransport] {
        guard let findingPrimaries else { return [transport] }
        do {
            return try await findingPrimaries()
        } catch {
            throw StintError(error)
        }
    }

    /// Closes the connections for good.
    package func close() async { await closing() }
}
