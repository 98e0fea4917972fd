// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging

/// A Redis Cluster: the same as a ``RedisNode``, of which it has one for each primary.
///
/// Each command goes to the node that serves its key; redirections, moving slots and lost nodes are followed as
/// ``ClusterMachine`` says. Commands for one slot are executed in the order sent as long as the slot stays where it is.
package final class RedisCluster: Sendable {
    /// Where its seeds are, and who we are there.
    package let configuration: RedisConfiguration
    private let router: ClusterRouter
    private let subscriptions: SubscriptionLink

    /// Makes a cluster of a configuration with seeds; nothing is opened yet.
    package init(
        configuration: RedisConfiguration, reactor: NIOReactor, random: any RandomSource,
        reconnects: ReconnectLimit = .init(), logger: Logger
    ) {
        self.configuration = configuration
        let router = ClusterRouter(
            configuration: configuration, reactor: reactor, random: random, reconnects: reconnects, logger: logger)
        self.router = router
        // What a script publishes, every node of a cluster hears.
        let dialer = Dialer(
            configuration: configuration.firstNode, tls: configuration.tls.map { TLSSource(options: $0) },
            route: ListeningRoute(router: router), starts: .shared, reactor: reactor, reconnects: reconnects)
        subscriptions = SubscriptionLink(name: "subscriptions", dialer: dialer, random: random, logger: logger)
    }

    deinit {
        router.close()
        subscriptions.shutdownWithoutWaiting()
    }

    /// The connections for commands that Redis answers at once, one to each primary.
    package var commands: any RedisTransport { ClusterTransport(router: router, isBlocking: false) }

    /// The connections for commands that wait in Redis, such as BZPOPMIN: one for each key, as the keys may be in
    /// different places.
    ///
    /// Pass the time it blocks and a margin of 2 s as the timeout.
    package var blocking: any RedisTransport { ClusterTransport(router: router, isBlocking: true) }

    /// The connections for WAIT and WAITAOF, each behind a write of its own, whose key names the node.
    package var pairs: any RedisPairTransport { router }

    /// Returns a transport to each primary, past all routing.
    package func primaries() async throws(RedisFailure) -> [any RedisTransport] {
        try await router.primaries()
    }

    /// Listens to a channel until the subscription is cancelled or dropped, as ``RedisNode`` does.
    ///
    /// When the node that it listens at is lost, it goes to another and calls `onReady` there.
    package func subscribe(
        _ channel: String,
        onMessage: @escaping @Sendable ([UInt8]) -> Void,
        onReady: @escaping @Sendable () -> Void
    ) -> RedisSubscription {
        subscriptions.subscribe(channel, .init(onMessage: onMessage, onReady: onReady))
    }

    /// Closes all connections for good; commands under way fail as those of a ``RedisNode`` do.
    package func shutdown() async {
        for node in router.close() { await node.shutdown() }
        await subscriptions.shutdown()
    }
}

/// The route to a node to listen at, another each time.
private struct ListeningRoute: SocketRoute {
    let router: ClusterRouter

    func find(_ body: @escaping (Result<RedisConfiguration.Address, ConnectFailure>) -> Void) {
        body(.success(router.nextListeningPost()))
    }
}

/// Passes commands to the router.
private struct ClusterTransport: RedisTransport {
    let router: ClusterRouter
    let isBlocking: Bool

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        router.send(command, isBlocking: isBlocking, timeout: timeout, completion: completion)
    }
}
