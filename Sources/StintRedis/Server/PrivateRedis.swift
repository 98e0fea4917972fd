// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A private `redis-server`: a child of this process, reached only through a Unix socket of mode 700.
///
/// Its configuration goes in on stdin, never through a file. It runs in a process group of its own, so Ctrl-C does not
/// end it before its owner is done. **It does not survive its owner**: a tiny `sh` beside it reads from a pipe whose
/// other end only the owner has open. However the owner ends, also by SIGKILL, the kernel closes that end, the read
/// returns, and the shell stops the server and removes a temporary directory. (A parent-death signal would fire when
/// the *thread* that started the child ends, and exists on Linux only.) A lock on `redis.lock` in the directory keeps a
/// second server out: the server inherits it, so it outlasts the owner, and the owner frees it once the server is gone.
package final class PrivateRedis: Sendable {
    struct Settings: Sendable {
        var executable: String
        var directory: String
        var ownsDirectory: Bool
        var socketPath: String
        var configuration: String
        var environment: [String: String] = [:]
        /// Whether it is started as a sentinel.
        var isSentinel = false
    }

    struct Running: Sendable {
        var server: ChildProcess
        var watchdog: ChildProcess
        /// Held open; its closing is what the watchdog waits for.
        var lifeline: CInt
        /// The lock on the directory, which the server has open as well.
        var lock: CInt

        /// Frees the directory, once the server is gone.
        ///
        /// Closing alone would not do: a child that another thread is starting has a copy of the descriptor until it
        /// executes its program, and one that the server forked to write a file may live a little longer than it.
        func unlock() {
            flock(lock, LOCK_UN)
            close(lock)
        }

        func endWatchdog() {
            watchdog.signal(SIGKILL)
            watchdog.reap()
            if lifeline >= 0 { close(lifeline) }
        }

        func kill() {
            endWatchdog()
            server.signal(SIGKILL)
            server.reap()
            unlock()
        }
    }

    /// `redis-server`, or the server that `STINT_TEST_REDIS_SERVER` names: so the tests run on another one, such as Valkey.
    package static var defaultExecutable: String {
        guard let named = getenv("STINT_TEST_REDIS_SERVER"), named.pointee != 0 else { return "redis-server" }
        return String(cString: named)
    }

    private let settings: Settings
    private let running: Mutex<Running?>

    init(settings: Settings, running: Running) {
        self.settings = settings
        self.running = Mutex(running)
    }

    deinit {
        kill()
        if settings.ownsDirectory { removeDirectory(settings.directory) }
    }

    /// Starts a server and waits until it takes commands: some tens of milliseconds.
    ///
    /// - Parameters:
    ///   - directory: Where it keeps its data and its log; nil for a temporary one that goes with this object.
    ///   - socketPath: Where it listens; nil for ``socketPath(inDirectory:)``.
    ///   - appendOnly: Whether it keeps an append-only file (fsync each second).
    ///   - extraConfiguration: More lines of redis.conf; they win over those set here.
    ///   - environment: Variables that the server gets beside those of this process.
    ///   - executable: The server to run, looked up in `PATH`; nil for ``defaultExecutable``.
    package static func start(
        directory: String? = nil,
        socketPath: String? = nil,
        appendOnly: Bool = false,
        extraConfiguration: [String] = [],
        environment: [String: String] = [:],
        executable: String? = nil
    ) async throws(PrivateRedisError) -> PrivateRedis {
        try await start(
            try prepare(
                directory: directory, socketPath: socketPath, appendOnly: appendOnly,
                extraConfiguration: extraConfiguration, environment: environment,
                executable: executable ?? defaultExecutable))
    }

    static func start(_ settings: Settings) async throws(PrivateRedisError) -> PrivateRedis {
        do {
            return PrivateRedis(settings: settings, running: try await launch(settings))
        } catch {
            if settings.ownsDirectory { removeDirectory(settings.directory) }
            throw error
        }
    }

    /// Where it listens.
    package var socketPath: String { settings.socketPath }

    /// Where it keeps its data and its log, `redis.log`.
    package var directory: String { settings.directory }

    /// Its address, such as `redis+unix:///tmp/stint-1f3a/redis.sock`.
    package var url: String { configuration.redactedURL }

    /// How to connect to it.
    package var configuration: RedisConfiguration { RedisConfiguration(socketPath: socketPath) }

    /// Its process id, or nil while it is stopped.
    package var pid: Int32? { running.withLock { $0?.server.pid } }

    /// Stops it in good order, or by force after ten seconds; its directory is free for another then.
    package func stop() async {
        guard let process = take() else { return }
        process.endWatchdog()
        process.server.signal(SIGTERM)
        let deadline = ContinuousClock.now + .seconds(10)
        while !process.server.hasEnded() {
            if ContinuousClock.now > deadline {
                process.server.signal(SIGKILL)
                process.server.reap()
                break
            }
            await pause(.milliseconds(2))
        }
        process.unlock()
    }

    /// Kills it with SIGKILL, as a crash would; its directory is free for another then.
    package func kill() {
        take()?.kill()
    }

    /// Stops its process where it stands (SIGSTOP): its sockets stay open, and nothing answers.
    package func suspend() {
        running.withLock { $0?.server.signal(SIGSTOP) }
    }

    /// Lets it go on after ``suspend()``.
    package func resume() {
        running.withLock { $0?.server.signal(SIGCONT) }
    }

    /// Starts it again with the same settings and data, after stopping it where it still runs.
    package func restart() async throws(PrivateRedisError) {
        await stop()
        let fresh = try await Self.launch(settings)
        let superseded = running.withLock { running in
            defer { running = fresh }
            return running
        }
        superseded?.kill()
    }

    /// Closes the owner's end of the pipe, which is what the kernel does when the owner dies.
    ///
    /// For tests.
    func dropLifeline() {
        running.withLock { running in
            guard let lifeline = running?.lifeline else { return }
            close(lifeline)
            running?.lifeline = -1
        }
    }

    /// Whether the server has ended, also by itself.
    var hasServerEnded: Bool {
        running.withLock { running in
            guard let process = running else { return true }
            guard process.server.hasEnded() else { return false }
            // It is reaped now: its process id may be somebody else's soon and must not be used again.
            process.endWatchdog()
            process.unlock()
            running = nil
            return true
        }
    }

    private func take() -> Running? {
        running.withLock { running in
            defer { running = nil }
            return running
        }
    }
}

/// Waits a moment also where the task is cancelled: what is waited for will come.
func pause(_ duration: Duration) async {
    await Task.detached { try? await Task.sleep(for: duration) }.value
}
