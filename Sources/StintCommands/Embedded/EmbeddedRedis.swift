// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The private Redis of a data folder: joined where it runs, started where it does not.
package struct EmbeddedRedis: Sendable {
    /// The folder.
    package let location: EmbeddedLocation
    /// How long the server stays without clients, as a text with a unit.
    package let linger: String

    /// Creates a description; nothing is started.
    package init(_ location: EmbeddedLocation, linger: String = "60s") {
        self.location = location
        self.linger = linger
    }

    /// Where the server listens.
    package var socketPath: String { PrivateRedis.socketPath(inDirectory: location.directory) }

    /// The server's address.
    package var url: String { RedisConfiguration(socketPath: socketPath).redactedURL }

    /// Joins the server or starts it, and holds a connection to it.
    ///
    /// Two commands that begin at once start one server: a lock on the folder lets the second wait and join.
    /// - Returns: The connection, which keeps the server running, and whether this call started it.
    package func open(on console: Console) async throws -> (connection: EmbeddedConnection, isStarted: Bool) {
        try makeFolder()
        let deadline = ContinuousClock.now + .seconds(120)
        var isStarted = false
        while ContinuousClock.now < deadline {
            guard let lock = try FileLock.take(location.lockPath) else {
                try await wait(console, "waiting for another command that starts the private Redis")
                continue
            }
            defer { _ = lock }
            // Without its supervisor a server that still answers is about to end.
            if FileLock.isHeld(location.supervisorPath), let connection = EmbeddedConnection(socketPath: socketPath) {
                switch connection.ping() {
                case .ready:
                    console.endStatus()
                    return (connection, isStarted)
                case .loading:
                    try await wait(console, "the private Redis reads its data")
                    continue
                case .none: break
                }
            }
            if FileLock.isHeld(location.supervisorPath) {
                // It starts a server, or stops one; either ends soon.
                try await wait(console, "waiting for the private Redis")
                continue
            }
            try await SupervisorProcess.start(location, linger: linger, in: .current)
            isStarted = true
        }
        throw CommandFailure(
            .tryAgain, "the private Redis in \(location.directory) was not ready within 2 minutes",
            hints: [.init("What it logged:", "tail \(location.logPath) \(location.directory)/redis.log")])
    }

    /// Stops the server if it runs.
    ///
    /// - Returns: How many clients it had, or `nil` if it did not run.
    package func stop() async throws -> Int? {
        guard FileLock.isHeld(location.supervisorPath), let pid = supervisorID() else { return nil }
        let clients = EmbeddedConnection(socketPath: socketPath)?.clients().map { $0 - 1 } ?? 0
        guard kill(pid, SIGTERM) == 0 || errno == ESRCH else {
            throw CommandFailure(
                .failed, "cannot stop the supervisor, process \(pid): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while FileLock.isHeld(location.supervisorPath) {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .timedOut, "the supervisor, process \(pid), did not stop within 20 s",
                    hints: [.init("Force it (data up to the last second stays):", "kill -9 \(pid)")])
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        // One connection is the supervisor's own.
        return max(0, clients - 1)
    }

    private func wait(_ console: Console, _ reason: String) async throws {
        console.status(reason + console.errors.style.ellipsis)
        try await Task.sleep(for: .milliseconds(20))
    }

    private func supervisorID() -> pid_t? {
        let descriptor = Int32(systemOpen(location.supervisorPath, O_RDONLY | O_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lines = InputLines(descriptor: descriptor)
        guard let line = lines.next(), let pid = pid_t(String(decoding: line, as: UTF8.self)), pid > 1 else {
            return nil
        }
        return pid
    }

    /// Makes the folder, for this user alone, and keeps it out of version control.
    private func makeFolder() throws {
        var path = ""
        for part in location.directory.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o700) != 0, errno != EEXIST, errno != EISDIR else { continue }
            var information = stat()
            guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
                throw CommandFailure(
                    .failed, "cannot make the data folder \(path): \(String(cString: strerror(errno)))",
                    hints: [.init("Choose another:", "export STINT_DATA=/path/to/folder")])
            }
        }
        let ignore = systemOpen(location.directory + "/.gitignore", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard ignore >= 0 else { return }
        _ = write(ignore, "*\n", 2)
        close(ignore)
    }
}

/// `open` of the system; the type has a method of that name.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 { open(path, flags, mode) }
