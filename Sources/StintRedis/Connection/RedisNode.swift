// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging

/// One Redis server, or the one that the sentinels name as the primary: a pipelined connection for commands, one for commands that block, one for pub/sub.
///
/// Each is opened when first used and again whenever it was lost. What that means for commands under way is told by
/// ``RedisFailure``. Completions and listeners are called on the reactor and must not block it.
package final class RedisNode: Sendable {
    /// Where Redis is.
    package let configuration: RedisConfiguration
    /// The loop of all connections.
    package let reactor: NIOReactor
    let commandLink: CommandLink
    private let blockingLink: CommandLink
    let waitingLink: CommandLink
    private let makeLink: @Sendable (_ name: String, _ expiriesBeforeClose: Int) -> CommandLink
    private let subscriptions: SubscriptionLink
    private let route: any SocketRoute

    /// Makes a node; nothing is opened yet.
    ///
    /// `onTrouble` is called on the reactor whenever a connection for commands cannot be opened or is lost.
    package init(
        configuration: RedisConfiguration,
        reactor: NIOReactor,
        random: any RandomSource,
        starts: ConnectionStarts = .shared,
        reconnects: ReconnectLimit = .init(),
        logger: Logger,
        onTrouble: (@Sendable () -> Void)? = nil
    ) {
        self.configuration = configuration
        self.reactor = reactor
        let tls = configuration.tls.map { TLSSource(options: $0) }
        if let sentinel = configuration.sentinel {
            route = PrimaryRoute(
                configuration: configuration, options: sentinel, tls: tls, starts: starts, reactor: reactor,
                random: random, logger: logger)
        } else {
            route = FixedRoute(address: configuration.address)
        }
        let dialer = Dialer(
            configuration: configuration, tls: tls, route: route, starts: starts, reactor: reactor,
            reconnects: reconnects)
        makeLink = { name, expiriesBeforeClose in
            CommandLink(
                name: name, dialer: dialer, expiriesBeforeClose: expiriesBeforeClose, random: random,
                reconnects: reconnects, logger: logger, onTrouble: onTrouble)
        }
        commandLink = makeLink("commands", 2)
        // A late reply here means a dead peer: Redis itself ends a blocking command before the margin is over.
        blockingLink = makeLink("blocking", 1)
        waitingLink = makeLink("waiting", 1)
        subscriptions = SubscriptionLink(name: "subscriptions", dialer: dialer, random: random, logger: logger)
    }

    /// Makes one more connection for a command that blocks; it is its caller's to shut down.
    func makeBlockingLink() -> CommandLink { makeLink("blocking", 1) }

    deinit {
        // The connections hold their links, not this node: without it they would stay open.
        commandLink.shutdownWithoutWaiting()
        blockingLink.shutdownWithoutWaiting()
        waitingLink.shutdownWithoutWaiting()
        subscriptions.shutdownWithoutWaiting()
        route.shutDownWithoutWaiting()
    }

    /// The connection for commands that Redis answers at once.
    package var commands: any RedisTransport { commandLink }

    /// The connection for commands that wait in Redis, such as BZPOPMIN: pass the time it blocks and a margin of 2 s
    /// as the timeout.
    ///
    /// One waiting command holds up all others of this transport.
    package var blocking: any RedisTransport { blockingLink }

    /// The connection for WAIT and WAITAOF, each behind a write of its own.
    package var pairs: any RedisPairTransport { waitingLink }

    /// Sends a command on the command connection with the configured time limit and waits for its reply.
    package func send(_ command: RedisCommand) async throws(RedisFailure) -> RedisValue {
        try await commandLink.send(command, timeout: configuration.commandTimeout)
    }

    /// Opens the command connection and waits until it is logged in; fails with the very first error, at once.
    package func connect(timeout: Duration) async throws(RedisFailure) {
        try await commandLink.connect(timeout: timeout)
    }

    /// Listens to a channel until the subscription is cancelled or dropped.
    ///
    /// `onReady` is called after every subscribe, also after reconnecting: what was published while the connection was
    /// lost did not arrive, so that is the time to look. Both are called on the reactor.
    package func subscribe(
        _ channel: String,
        onMessage: @escaping @Sendable ([UInt8]) -> Void,
        onReady: @escaping @Sendable () -> Void
    ) -> RedisSubscription {
        subscriptions.subscribe(channel, .init(onMessage: onMessage, onReady: onReady))
    }

    /// Closes all connections for good.
    ///
    /// Commands under way fail: with ``RedisFailure/outcomeUnknown(_:)`` where they were written, else with
    /// ``RedisFailure/closed``.
    package func shutdown() async {
        // At once: a command line ends with it, and each alone would cost a turn of the reactor.
        async let commands: Void = commandLink.shutdown()
        async let blocking: Void = blockingLink.shutdown()
        async let waiting: Void = waitingLink.shutdown()
        async let listening: Void = subscriptions.shutdown()
        _ = await (commands, blocking, waiting, listening)
        await route.shutDown()
    }
}
