// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting

/// A real, private Redis whose wall clock the simulation sets.
///
/// Keys expire only when they are met (`DEBUG SET-ACTIVE-EXPIRE 0`): when the background would have found them depends
/// on real time, and the history of a seed must not.
final class SimulatedServer: @unchecked Sendable {
    let clock: ServerClock
    let connection: BlockingConnection
    private let redis: PrivateRedis

    private init(clock: ServerClock, connection: BlockingConnection, redis: PrivateRedis) {
        self.clock = clock
        self.connection = connection
        self.redis = redis
    }

    /// Starts a server.
    static func start() async throws -> SimulatedServer {
        let clock = try ServerClock()
        let redis = try await PrivateRedis.start(
            extraConfiguration: ["enable-debug-command yes"] + clock.configuration, environment: clock.environment)
        let connection = try BlockingConnection(socketPath: redis.socketPath)
        let server = SimulatedServer(clock: clock, connection: connection, redis: redis)
        try server.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        clock.microseconds += 1_234_567
        guard try server.ask("TIME").arrayValue?.last?.integerValue == 234_567 else {
            throw SimulationError("redis-server does not take its time from the shim; is it linked statically?")
        }
        return server
    }

    /// Makes it empty, as at the first start.
    func reset() throws {
        clock.microseconds = ServerClock.start
        try ask("FLUSHALL", "SYNC")
        try ask("SCRIPT", "FLUSH", "SYNC")
    }

    func stop() async { await redis.stop() }

    /// Where it listens, for another connection.
    var socketPath: String { redis.socketPath }

    /// Sends a command and waits for its reply, an error among them.
    @discardableResult
    func ask(_ name: String, _ arguments: String...) throws -> RedisValue {
        let reply = try connection.ask([RedisCommand(name, arguments)])[0]
        if case .error(let error) = reply { throw SimulationError("\(name): \(error)") }
        return reply
    }
}

/// Why a simulation could not be run; never a finding.
struct SimulationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
