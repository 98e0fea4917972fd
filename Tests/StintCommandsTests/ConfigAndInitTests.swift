// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintFunctions
import StintTerminal
import Testing

@Suite struct ConfigAndInitTests {
    @Test(
        "Each example is written, valid, and its function does what it says",
        arguments: [
            ("hello", "hello", #"{"name":"Wang"}"#, "hello Wang"),
            ("mail", "mail.send", #"{"to":"wang@example.com"}"#, #"{"to": "wang@example.com", "state": "delivered"}"#),
            (
                "etl", "etl.sum", #"{"csv":"city,people\nWuhan,11\nBerlin,4\n","column":"people"}"#,
                #"{"sum": 15, "rows": 2}"#
            ),
        ])
    func examples(example: String, job: String, payload: String, expected: String) async throws {
        try await withFolder { folder async throws in
            let run = await CommandRun.stint(["init", "--example", example], directory: folder)
            #expect(run.status == .ok)
            #expect(run.lines.first == "stint.yaml")
            let check = await CommandRun.stint(
                ["config", "check"], environment: ["PATH": "/usr/bin:/bin"], directory: folder)
            #expect(check.status == .ok, "\(check.errors)\(check.output)")
            let configuration = try Configuration.load(environment: [:], from: folder)
            let function = try #require(configuration.function(for: job))
            let result = try await FunctionRunner(parentEnvironment: ["PATH": "/usr/bin:/bin"]).run(
                function, payload: Array(payload.utf8),
                environment: FunctionEnvironment(id: "01", name: job, idempotencyKey: "a:1"))
            #expect(result.exit == .exited(code: 0))
            let output = String(decoding: result.output, as: UTF8.self)
            #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
        }
    }

    @Test("A file of keys that is not there is an invalid configuration, for config check and for keys")
    func keysFile() async throws {
        try await withFolder { folder in
            let environment = ["HOME": folder, "STINT_KEYS_FILE": folder + "/no.keys"]
            let check = await CommandRun.stint(["config", "check"], environment: environment, directory: folder)
            #expect(check.status == .invalidConfiguration)
            #expect(check.output.contains("no.keys") && check.output.contains("STINT_KEYS_FILE"), "\(check.output)")
            let keys = await CommandRun.stint(["keys", "ls"], environment: environment, directory: folder)
            #expect(keys.status == .invalidConfiguration)
            let unnamed = await CommandRun.stint(["keys", "ls"], environment: ["HOME": folder], directory: folder)
            #expect(unnamed.status == .invalidConfiguration)
        }
    }

    @Test("A message whose delivery broke off half-way is delivered by the next attempt")
    func halfDelivered() async throws {
        try await withFolder { folder async throws in
            #expect(await CommandRun.stint(["init", "--example", "mail"], directory: folder).status == .ok)
            // No file may grow: it is opened, and writing into it fails.
            let states = try ["ulimit -f 0; ", ""].map { bound in
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.currentDirectoryURL = URL(fileURLWithPath: folder)
                process.arguments = ["-c", bound + #"echo '{"to":"wang@example.com"}' | python3 -B fn/mail.py"#]
                process.environment = ["PATH": "/usr/bin:/bin", "STINT_IDEMPOTENCY_KEY": "a:1"]
                let output = Pipe()
                process.standardOutput = output
                process.standardError = FileHandle.nullDevice
                try process.run()
                let text = try output.fileHandleForReading.readToEnd() ?? Data()
                process.waitUntilExit()
                return "\(process.terminationStatus) \(String(decoding: text, as: UTF8.self))"
            }
            #expect(states == ["75 ", "0 {\"to\": \"wang@example.com\", \"state\": \"delivered\"}\n"])
        }
    }

    @Test("Nothing is overwritten, and then nothing is written at all")
    func neverOverwrites() async throws {
        try await withFolder { folder async throws in
            try FileManager.default.createDirectory(atPath: folder + "/a/fn", withIntermediateDirectories: true)
            try "mine".write(toFile: folder + "/a/fn/hello.sh", atomically: true, encoding: .utf8)
            let run = await CommandRun.stint(["init", "a"], directory: folder)
            #expect(run.status == .refusedByState)
            #expect(run.errors.hasPrefix("error: a/fn/hello.sh exists; nothing was written\n"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/a/stint.yaml"))
            let slip = await CommandRun.stint(["init", "b", "--example", "mali"], directory: folder)
            #expect(slip.status == .usage)
            #expect(slip.errors.contains("Did you mean 'mail'?"))
        }
    }

    @Test("Each setting is shown with its source, passwords masked")
    func show() async throws {
        try await withFolder { folder async throws in
            try "namespace: shop\n".write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let run = await CommandRun.stint(
                ["config", "show", "--redis", "redis://u:secret@h:1"], environment: ["STINT_QUEUE": "x"],
                directory: folder)
            #expect(run.status == .ok)
            #expect(run.lines.contains("namespace\tshop\t\(folder)/stint.yaml:1"))
            #expect(run.lines.contains { $0.hasPrefix("redis\t") && $0.hasSuffix("\tflag") })
            #expect(!run.output.contains("secret"))
            #expect(run.lines.contains("defaults.attempts\t5\tbuilt-in"))
            #expect(await CommandRun.stint(["config", "path"], directory: folder).output == folder + "/stint.yaml\n")
        }
    }

    @Test("An invalid file is refused with its lines")
    func invalid() async throws {
        try await withFolder { folder async throws in
            try "namespce: shop\nfunctions:\n  x: {run: ./missing}\n"
                .write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let check = await CommandRun.stint(["config", "check", "--json"], directory: folder)
            #expect(check.status == .invalidConfiguration)
            #expect(check.lines.first?.contains(#""line":1,"severity":"error""#) == true)
            let show = await CommandRun.stint(["config", "show"], directory: folder)
            #expect(show.status == .invalidConfiguration)
            #expect(show.errors.contains("stint.yaml:1: error: unknown key 'namespce'"))
        }
    }

    @Test("The data folder is where the project is, or the user's")
    func location() async throws {
        try await withFolder { folder async throws in
            var invocation = Invocation.process
            invocation.directory = folder + "/sub"
            invocation.environment = ["HOME": "/home/li"]
            func directory(_ flags: [SettingKey: String] = [:]) throws -> String {
                EmbeddedLocation(try Configuration.load(flags, in: invocation), in: invocation).directory
            }
            #expect(try directory() == "/home/li/.local/share/stint")
            invocation.environment["XDG_DATA_HOME"] = "/data"
            #expect(try directory() == "/data/stint")
            try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
            try "namespace: a\n".write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            #expect(try directory() == folder + "/.stint")
            invocation.environment["STINT_DATA"] = "d"
            #expect(try directory() == folder + "/sub/d")
            #expect(try directory([.data: "/x/"]) == "/x")
        }
    }

    @Test("A Redis that cannot be reached is named with its source and with what helps")
    func unreachable() async throws {
        var invocation = Invocation.process
        invocation.arguments = ["queue", "ls"]
        let target = RedisTarget(
            url: "redis://u:secret@127.0.0.1:1", namespace: "stint", source: .environment("STINT_REDIS_URL"),
            configuration: try Configuration())
        let failure = Invocation.$current.withValue(invocation) {
            target.failure(StintError(.redisUnreachable, "cannot reach Redis at 127.0.0.1:1: connection refused"))
        }
        let lines = failure.lines(style: .plain)
        #expect(failure.status == .unreachable)
        #expect(
            lines.first == "error: cannot reach Redis at 127.0.0.1:1 (from STINT_REDIS_URL): connection refused")
        #expect(lines.contains { $0.contains("stint --redis redis://HOST:PORT queue ls") })
        #expect(lines.contains { $0.contains("unset STINT_REDIS_URL") })
        #expect(!lines.joined().contains("secret"))
    }
}
