// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CStintProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starts the hidden supervisor and waits for its first word.
///
/// That word is one line on its stdout: `ready`, `missing REASON` or `failed REASON`.
enum SupervisorProcess {
    /// Starts it in a session of its own.
    static func start(_ location: EmbeddedLocation, linger: String, in invocation: Invocation) async throws {
        var spawned = stint_spawned()
        let arguments = [invocation.executable, SuperviseCommand.name, location.directory, "--linger", linger]
        let environment = invocation.environment.map { "\($0.key)=\($0.value)" }
        let error = withPointers(arguments) { argv in
            withPointers(environment) { envp in
                invocation.executable.withCString { path in
                    "/".withCString { folder in
                        let inherited = Int64(STINT_LIMIT_INHERITED)
                        var request = stint_spawn_request(
                            path: path, arguments: argv, environment: envp, directory: folder,
                            cpu_seconds: inherited, address_space: inherited, open_files: inherited,
                            file_size: inherited, processes: inherited, no_new_privileges: false,
                            die_with_parent: false)
                        return stint_spawn(&request, &spawned)
                    }
                }
            }
        }
        guard error == 0 else {
            throw CommandFailure(
                .unreachable,
                "cannot start the supervisor \(invocation.executable): \(String(cString: strerror(error)))")
        }
        for unused in [spawned.standard_input, spawned.control, spawned.pidfd] where unused >= 0 { close(unused) }
        defer {
            close(spawned.standard_output)
            close(spawned.standard_error)
        }
        try judge(try await firstLine(spawned.standard_output), location)
    }

    private static func judge(_ line: String, _ location: EmbeddedLocation) throws {
        let words = line.split(separator: " ", maxSplits: 1)
        switch words.first {
        case "ready": return
        case "missing":
            throw CommandFailure(
                .unreachable, "redis-server not found",
                hints: [
                    .init("Use a Redis you have:", "export STINT_REDIS_URL=redis://HOST:PORT"),
                    .init("Or install it:", "apt-get install redis-server"),
                ])
        default:
            let reason = words.count > 1 ? String(words[1]) : "its supervisor ended without a word"
            throw CommandFailure(
                .unreachable, "the private Redis in \(location.directory) cannot be started: \(reason)",
                hints: [.init("What it logged:", "tail \(location.logPath) \(location.directory)/redis.log")])
        }
    }

    /// The first line, or what came before the end; empty after a minute and a half.
    private static func firstLine(_ descriptor: Int32) async throws -> String {
        var bytes: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            var chunk = [UInt8](repeating: 0, count: 4_096)
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk.prefix(count)
                if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    return String(decoding: bytes[..<end], as: UTF8.self)
                }
            } else if count == 0 {
                break
            } else if errno != EAGAIN, errno != EINTR {
                break
            } else {
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func withPointers<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { buffer in
            // The list always holds the closing null pointer, so it has an address.
            guard let address = buffer.baseAddress else { preconditionFailure("an empty list of arguments") }
            return body(address)
        }
    }
}
