// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// The route to the primary that the sentinels name: found once for all links of a node, found again when it is lost.
///
/// A second after the first search it also listens at every sentinel: one that has seen a failover announces the new
/// primary, and every connection to another address is dropped at once, also one to a server that hangs.
final class PrimaryRoute: SocketRoute {
    private let reactor: NIOReactor
    private let options: SentinelOptions
    private let core: NIOLoopBoundBox<PrimaryRouteCore>

    init(
        configuration: RedisConfiguration, options: SentinelOptions, tls: TLSSource?, starts: ConnectionStarts,
        reactor: NIOReactor, random: any RandomSource, logger: Logger
    ) {
        self.reactor = reactor
        self.options = options
        let dialers = options.addresses.map { address in
            Dialer.direct(
                configuration.sentinelConfiguration(address, of: options), tls: tls, starts: starts, reactor: reactor)
        }
        let watches = dialers.map { dialer in
            SubscriptionLink(name: "sentinel", dialer: dialer, random: random, logger: logger)
        }
        core = .makeBoxSendingValue(
            PrimaryRouteCore(options: options, dialers: dialers, watches: watches, reactor: reactor, logger: logger),
            eventLoop: reactor.eventLoop)
    }

    var needsPrimary: Bool { true }

    func find(_ body: @escaping (Result<RedisConfiguration.Address, ConnectFailure>) -> Void) { core.value.find(body) }

    func began(_ socket: RedisSocket, at address: RedisConfiguration.Address) { core.value.began(socket, at: address) }

    func ended(_ socket: RedisSocket) { core.value.ended(socket) }

    func explain(_ failure: ConnectFailure, at address: RedisConfiguration.Address) -> ConnectFailure {
        let place = "the sentinels name \(RedisConfiguration.endpoint(address))"
        switch failure {
        case .refused(let reason): return .refused("\(place): \(reason)")
        case .unreachable(let reason): return .unreachable("\(place): \(reason); see: \(options.lookupCommand)")
        }
    }

    func shutDown() async {
        let watches = await withCheckedContinuation { continuation in
            reactor.execute { continuation.resume(returning: self.core.value.shutDown()) }
        }
        for watch in watches { await watch.shutdown() }
    }

    func shutDownWithoutWaiting() {
        reactor.execute {
            for watch in self.core.value.shutDown() { watch.shutdownWithoutWaiting() }
        }
    }
}
