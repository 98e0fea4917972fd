// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PrivateRedis {
    /// What a Unix socket's path may have at most, in bytes.
    static let socketPathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Where a server that works in `directory` listens: in it, or, where that path would be too long for a socket,
    /// in a short directory under /tmp that follows from it.
    ///
    /// So a second process finds the same path.
    package static func socketPath(inDirectory directory: String) -> String {
        let path = directory + "/redis.sock"
        if path.utf8.count <= socketPathLimit { return path }
        // FNV-1a: a name, not a secret; the directory is checked to be ours before it is used.
        let hash = directory.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "/tmp/stint-\(getuid())-\(String(hash, radix: 16))/redis.sock"
    }

    static func prepare(
        directory: String?,
        socketPath: String?,
        appendOnly: Bool,
        extraConfiguration: [String],
        environment: [String: String],
        executable: String
    ) throws(PrivateRedisError) -> Settings {
        let folder = directory ?? "/tmp/stint-" + String(SystemRandom().next(), radix: 16)
        guard folder.hasPrefix("/") else { throw failed("the directory of a private Redis must be an absolute path") }
        try makePrivate(folder, mustBeOwn: directory == nil)
        var socket = socketPath ?? Self.socketPath(inDirectory: folder)
        if socket.utf8.count > socketPathLimit { socket = Self.socketPath(inDirectory: socket) }
        if let slash = socket.lastIndex(of: "/"), socket[..<slash] != folder {
            try makePrivate(String(socket[..<slash]), mustBeOwn: socketPath != socket)
        }
        let lines =
            [
                "port 0", "unixsocket \(quoted(socket))", "unixsocketperm 700", "dir \(quoted(folder))",
                "daemonize no", "logfile \"\"", "save \"\"", "appendonly \(appendOnly ? "yes" : "no")",
                "appendfsync everysec", "maxmemory-policy noeviction",
            ] + extraConfiguration
        let text = lines.joined(separator: "\n") + "\n"
        // It is written to a pipe before anybody reads from it.
        guard text.utf8.count <= 60_000 else { throw failed("the configuration of a private Redis is too long") }
        return Settings(
            executable: executable, directory: folder, ownsDirectory: directory == nil, socketPath: socket,
            configuration: text, environment: environment)
    }

    static func launch(_ settings: Settings) async throws(PrivateRedisError) -> Running {
        let lock = try lockDirectory(settings.directory)
        let logPath = settings.directory + "/redis.log"
        let running: Running
        let logStart: Int
        do throws(PrivateRedisError) {
            let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard log >= 0 else { throw failed("the log \(logPath) cannot be written: \(SystemError.last)") }
            defer { close(log) }
            logStart = Int(lseek(log, 0, SEEK_END))
            running = try spawn(settings, log: log, lock: lock)
        } catch {
            flock(lock, LOCK_UN)
            close(lock)
            throw error
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while !answers(settings.socketPath) {
            if running.server.hasEnded() {
                running.endWatchdog()
                running.unlock()
                throw failed("redis-server ended at once: \(lastLines(of: logPath, from: logStart))")
            }
            if ContinuousClock.now > deadline {
                running.kill()
                throw failed("redis-server did not answer within 60 s: \(lastLines(of: logPath, from: logStart))")
            }
            await pause(.milliseconds(2))
        }
        return running
    }

    /// Starts the server and its watchdog.
    private static func spawn(_ settings: Settings, log: CInt, lock: CInt) throws(PrivateRedisError) -> Running {
        let server = try spawnServer(settings, log: log, lock: lock)
        do {
            let lifeline = try ChildPipe()
            defer { close(lifeline.readEnd) }
            let watchdog = try spawnWatchdog(
                of: server, removing: settings.ownsDirectory ? settings.directory : "", input: lifeline.readEnd)
            return Running(server: server, watchdog: watchdog, lifeline: lifeline.writeEnd, lock: lock)
        } catch {
            server.signal(SIGKILL)
            server.reap()
            throw failed("the watchdog of the private Redis cannot be started: \(error)")
        }
    }

    private static func spawnServer(
        _ settings: Settings,
        log: CInt,
        lock: CInt
    ) throws(PrivateRedisError) -> ChildProcess {
        do throws(SystemError) {
            let input = try ChildPipe()
            defer { close(input.readEnd) }
            let bytes = Array(settings.configuration.utf8)
            if settings.isSentinel {
                close(input.writeEnd)
                return try ChildProcess.spawn(
                    settings.executable, [try sentinelFile(settings, bytes), "--sentinel"],
                    descriptors: [input.readEnd, log, log, lock])
            }
            let written = write(input.writeEnd, bytes, bytes.count)
            close(input.writeEnd)
            guard written == bytes.count else { throw SystemError.last }
            return try ChildProcess.spawn(
                settings.executable, ["-"], descriptors: [input.readEnd, log, log, lock],
                environment: settings.environment)
        } catch {
            guard error.code == ENOENT else {
                throw failed("\(settings.executable) cannot be started: \(error)")
            }
            throw PrivateRedisError(
                code: .notInstalled,
                message: """
                    \(settings.executable) was not found; install the package redis-server (Debian, Ubuntu: \
                    apt-get install redis-server) or redis (Fedora, Alpine, Homebrew)
                    """)
        }
    }

    /// Returns the file that a sentinel reads its configuration from and writes what it learns into.
    private static func sentinelFile(_ settings: Settings, _ bytes: [UInt8]) throws(SystemError) -> String {
        let path = settings.directory + "/sentinel.conf"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // One that was started before goes on with what it knew.
        if file < 0, errno == EEXIST { return path }
        guard file >= 0 else { throw .last }
        defer { close(file) }
        guard write(file, bytes, bytes.count) == bytes.count else { throw .last }
        return path
    }

    private static func spawnWatchdog(
        of server: ChildProcess,
        removing directory: String,
        input: CInt
    ) throws(SystemError) -> ChildProcess {
        let script = """
            trap '' HUP INT TERM QUIT
            read -r line
            kill -TERM "$1"
            left=50
            while kill -0 "$1" && [ "$left" -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
            [ "$left" -gt 0 ] || kill -KILL "$1"
            [ -z "$2" ] || rm -rf -- "$2"
            """
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { throw .last }
        defer { close(null) }
        return try ChildProcess.spawn(
            "/bin/sh", ["-c", script, "stint-redis-watchdog", String(server.pid), directory],
            descriptors: [input, null, null])
    }

    private static func lockDirectory(_ directory: String) throws(PrivateRedisError) -> CInt {
        let path = directory + "/redis.lock"
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw failed("\(path) cannot be opened: \(SystemError.last)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw PrivateRedisError(
                code: .alreadyRunning, message: "a private Redis already works in \(directory)")
        }
        return lock
    }

    /// Settings of a sentinel in a temporary directory that goes with it.
    static func prepareSentinel(
        configuration lines: [String], executable: String
    ) throws(PrivateRedisError) -> Settings {
        let folder = "/tmp/stint-" + String(SystemRandom().next(), radix: 16)
        try makePrivate(folder, mustBeOwn: true)
        let socket = socketPath(inDirectory: folder)
        let own = [
            "unixsocket \(quoted(socket))", "unixsocketperm 700", "dir \(quoted(folder))", "daemonize no",
            "logfile \"\"",
        ]
        return Settings(
            executable: executable, directory: folder, ownsDirectory: true, socketPath: socket,
            configuration: (own + lines).joined(separator: "\n") + "\n", isSentinel: true)
    }

    static func failed(_ message: String) -> PrivateRedisError {
        PrivateRedisError(code: .failed, message: message)
    }

    private static func quoted(_ path: String) -> String {
        "\"" + path.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}
