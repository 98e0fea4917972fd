// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Owns the private server: starts it, stops it when nobody uses it, starts it again if it dies.
///
/// It is one hidden process for each data folder, in a session of its own, so that no terminal and no command takes
/// the server with it. The server does not survive its supervisor (see `PrivateRedis`); the next command then starts
/// both again and finds every acknowledged job in the append-only file.
struct Supervisor {
    /// What it tells the command that started it, once.
    enum Word: Hashable {
        case ready
        case missing(String)
        case failed(String)
    }
    /// Why the supervisor ends.
    private enum End { case idle, asked, abandoned }

    /// Restarts of a dying server before the supervisor gives up.
    private static let restarts = 5

    let location: EmbeddedLocation
    let linger: Duration

    /// Runs until the server is stopped.
    ///
    /// - Parameter announce: Called once: when the server takes commands, or with the reason why it does not.
    func run(announce: (Word) -> Void) async throws {
        let (linger, _) = self.linger.components
        let events = SupervisorEvents(periodMilliseconds: linger < 5 ? 100 : 1_000)
        guard let own = try FileLock.take(location.supervisorPath) else {
            announce(.failed("a supervisor already works in \(location.directory)"))
            return
        }
        own.write("\(getpid())\n")
        let server: PrivateRedis
        do {
            server = try await start()
        } catch {
            announce(error.code == .notInstalled ? .missing(error.message) : .failed(error.message))
            return
        }
        announce(.ready)
        let end = try await watch(server, own: own, events: events)
        if end == .abandoned { server.kill() }
        await server.stop()
    }

    /// The server of a supervisor that was killed needs a moment to end and to free its folder.
    private func start() async throws(PrivateRedisError) -> PrivateRedis {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await PrivateRedis.start(
                    directory: location.directory,
                    socketPath: PrivateRedis.socketPath(inDirectory: location.directory), appendOnly: true)
            } catch {
                guard error.code == .alreadyRunning, ContinuousClock.now < deadline else { throw error }
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func watch(
        _ server: PrivateRedis, own: FileLock, events: SupervisorEvents
    ) async throws -> End {
        var rule = LingerRule(linger: linger)
        var connection: EmbeddedConnection?
        var restarts = 0
        let start = ContinuousClock.now
        for await event in events.stream {
            if event == .terminate { return .asked }
            guard own.isAt(location.supervisorPath) else { return .abandoned }
            if connection?.isOpen != true { connection = EmbeddedConnection(socketPath: server.socketPath) }
            guard let current = connection else {
                guard restarts < Self.restarts else { return .abandoned }
                restarts += 1
                try await server.restart()
                continue
            }
            // A server that is busy for a second says nothing of its clients: it has some.
            let clients = current.clients() ?? 2
            guard rule.shouldStop(clients: clients - 1, now: start.duration(to: .now)) else { continue }
            // Whoever joins holds this lock until its connection counts; under it the last look is valid.
            guard let lock = try? FileLock.take(location.lockPath), current.clients() ?? 2 <= 1 else { continue }
            await server.stop()
            _ = lock
            return .idle
        }
        return .asked
    }
}
