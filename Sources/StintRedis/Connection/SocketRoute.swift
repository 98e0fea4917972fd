// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Says where the sockets of a node connect to.
///
/// Called on the event loop.
protocol SocketRoute: Sendable {
    /// Whether a server must say that it is a primary before it is used.
    var needsPrimary: Bool { get }

    /// Finds an address; `body` is called once, at once or later.
    func find(_ body: @escaping (Result<RedisConfiguration.Address, ConnectFailure>) -> Void)

    /// A socket begins to connect there.
    func began(_ socket: RedisSocket, at address: RedisConfiguration.Address)

    /// That socket is closed, or never became ready.
    func ended(_ socket: RedisSocket)

    /// Puts a failure to use what was found into the words of the route.
    func explain(_ failure: ConnectFailure, at address: RedisConfiguration.Address) -> ConnectFailure

    /// Closes what the route itself keeps open.
    func shutDown() async

    /// The same, when nobody can wait for it.
    func shutDownWithoutWaiting()
}

/// What holds for a route that keeps nothing and takes whatever server is there.
extension SocketRoute {
    var needsPrimary: Bool { false }

    func began(_ socket: RedisSocket, at address: RedisConfiguration.Address) {}

    func ended(_ socket: RedisSocket) {}

    func explain(_ failure: ConnectFailure, at address: RedisConfiguration.Address) -> ConnectFailure { failure }

    func shutDown() async {}

    func shutDownWithoutWaiting() {}
}

/// The route to a server whose address is known.
struct FixedRoute: SocketRoute {
    let address: RedisConfiguration.Address

    func find(_ body: @escaping (Result<RedisConfiguration.Address, ConnectFailure>) -> Void) {
        body(.success(address))
    }
}
