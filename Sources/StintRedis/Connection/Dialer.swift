// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Makes the sockets of a node's links: what all of them have in common.
struct Dialer: Sendable {
    let configuration: RedisConfiguration
    let tls: TLSSource?
    let route: any SocketRoute
    let starts: ConnectionStarts
    let reactor: NIOReactor
    var reconnects = ReconnectLimit()

    /// How long opening a socket may take.
    var connectTimeout: Duration { reconnects.attempt(within: configuration.connectTimeout) }

    /// Makes a dialer for a server at the configuration's own address.
    static func direct(
        _ configuration: RedisConfiguration, tls: TLSSource?, starts: ConnectionStarts, reactor: NIOReactor
    ) -> Dialer {
        Dialer(
            configuration: configuration, tls: tls, route: FixedRoute(address: configuration.address), starts: starts,
            reactor: reactor)
    }

    /// Makes a socket that is not open yet.
    func makeSocket(_ delegate: any RedisSocketDelegate) -> RedisSocket {
        RedisSocket(dialer: self, delegate: delegate)
    }
}
