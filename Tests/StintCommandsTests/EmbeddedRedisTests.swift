// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintCommands
import StintRedis
import StintTesting
import Testing

/// These run the built `stint` as the supervisor, which `swift build` puts beside the tests.
@Suite struct EmbeddedRedisTests {
    private static let executable = (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stint"

    /// Runs a body with a folder for data; the server is stopped afterwards.
    private func withEmbedded(
        linger: String = "60s", path: String? = nil, name: String = "data",
        _ body: (EmbeddedRedis, Console) async throws -> Void
    ) async throws {
        try await ServerSlots.shared.run {
            try await withOwnFolder(linger: linger, path: path, name: name, body)
        }
    }

    private func withOwnFolder(
        linger: String, path: String?, name: String, _ body: (EmbeddedRedis, Console) async throws -> Void
    ) async throws {
        try await withFolder { folder async throws in
            var invocation = Invocation.process
            invocation.executable = Self.executable
            if let path {
                invocation.environment["PATH"] = path
                invocation.environment["STINT_TEST_REDIS_SERVER"] = nil
            }
            let embedded = EmbeddedRedis(EmbeddedLocation(directory: folder + "/" + name), linger: linger)
            try await Invocation.$current.withValue(invocation) {
                let console = Invocation.current.console(verbosity: -1)
                do {
                    try await body(embedded, console)
                } catch {
                    _ = try? await embedded.stop()
                    throw error
                }
                _ = try await embedded.stop()
            }
        }
    }

    private func cli(_ embedded: EmbeddedRedis, _ words: String...) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["redis-cli", "-s", embedded.socketPath] + words
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func processID(_ embedded: EmbeddedRedis) throws -> Int32 {
        let line = try cli(embedded, "info", "server").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("process_id:") }
        let text = try #require(line)
        return try #require(Int32(text.dropFirst("process_id:".count)))
    }

    /// Waits until something holds, at most a minute.
    private func expectSoon(_ what: Comment, _ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what)
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("The first command starts a server for this user alone, the second joins it")
    func joins() async throws {
        try await withEmbedded { embedded, console in
            let (first, isStarted) = try await embedded.open(on: console)
            let (second, isStartedAgain) = try await embedded.open(on: console)
            #expect(isStarted && !isStartedAgain)
            // Two commands, the supervisor is not always connected.
            try await expectSoon("not two or three clients") { first.clients().map([2, 3].contains) == true }
            try await expectSoon("no answer") { second.clients() != nil }
            #expect(try cli(embedded, "config", "get", "appendonly") == "appendonly\nyes")
            #expect(try cli(embedded, "config", "get", "maxmemory-policy") == "maxmemory-policy\nnoeviction")
            let attributes = try FileManager.default.attributesOfItem(atPath: embedded.location.directory)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            #expect(embedded.url == "redis+unix://" + embedded.socketPath)
        }
    }

    @Test("Commands that begin at once start one server")
    func concurrent() async throws {
        try await withEmbedded { embedded, console in
            let starts = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 { group.addTask { try await embedded.open(on: console).isStarted } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(starts == 1)
        }
    }

    @Test("A server without clients stops after its linger time, one with a client does not")
    func lingers() async throws {
        try await withEmbedded(linger: "300ms") { embedded, console in
            do {
                let (connection, _) = try await embedded.open(on: console)
                let start = ContinuousClock.now
                // The supervisor looks each 100 ms: after a second it would have stopped an idle server.
                try await expectSoon("time stands still") { start.duration(to: .now) > .seconds(1) }
                try await expectSoon("no answer") { connection.clients() != nil }
            }
            try await expectSoon("the idle server went on") {
                !FileManager.default.fileExists(atPath: embedded.socketPath)
            }
        }
    }

    @Test("A killed supervisor takes its server along, and the next command finds the data")
    func killedSupervisor() async throws {
        try await withEmbedded { embedded, console in
            let (first, _) = try await embedded.open(on: console)
            try await expectSoon("no answer") { first.clients() != nil }
            #expect(try cli(embedded, "set", "k", "v") == "OK")
            let server = try processID(embedded)
            let text = try String(contentsOfFile: embedded.location.directory + "/supervisor.lock", encoding: .utf8)
            let supervisor = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            kill(supervisor, SIGKILL)
            try await expectSoon("the server outlives its supervisor") { first.clients() == nil }
            let (second, isStarted) = try await embedded.open(on: console)
            #expect(isStarted)
            try await expectSoon("no answer") { second.clients() != nil }
            #expect(try cli(embedded, "get", "k") == "v")
            #expect(try processID(embedded) != server)
        }
    }

    @Test("A killed server is started again by its supervisor, with its data")
    func killedServer() async throws {
        try await withEmbedded { embedded, console in
            _ = try await embedded.open(on: console)
            #expect(try cli(embedded, "set", "k", "v") == "OK")
            let server = try processID(embedded)
            kill(server, SIGKILL)
            try await expectSoon("no new server") { try cli(embedded, "get", "k") == "v" }
            #expect(try processID(embedded) != server)
        }
    }

    @Test("Stopping says how many clients were cut off")
    func stops() async throws {
        try await withEmbedded { embedded, console in
            #expect(try await embedded.stop() == nil)
            let (connection, _) = try await embedded.open(on: console)
            try await expectSoon("no answer") { connection.clients() != nil }
            #expect(try await embedded.stop() != nil)
            #expect(!FileManager.default.fileExists(atPath: embedded.socketPath))
            #expect(try await embedded.stop() == nil)
        }
    }

    @Test("A folder whose path is too long for a socket works as well")
    func longPath() async throws {
        let name = Array(repeating: String(repeating: "x", count: 40), count: 4).joined(separator: "/")
        try await withEmbedded(name: name) { embedded, console in
            let (connection, isStarted) = try await embedded.open(on: console)
            #expect(isStarted)
            #expect(embedded.socketPath.utf8.count <= 107)
            try await expectSoon("no answer") { connection.clients() != nil }
            #expect(try await !embedded.open(on: console).isStarted)
        }
    }

    @Test("Without redis-server the failure says what to install")
    func missing() async throws {
        try await withEmbedded(path: "/nonexistent") { embedded, console in
            let failure = await #expect(throws: CommandFailure.self) { try await embedded.open(on: console) }
            #expect(failure?.status == .unreachable)
            #expect(failure?.summary == "redis-server not found")
            #expect(failure?.hints.last?.command == "apt-get install redis-server")
        }
    }
}
