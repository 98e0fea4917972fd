// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import StintTesting
import Testing

/// `stint config acl`, and the command line as the users that it writes.
@Suite struct ACLCommandTests {
    private static let checkedIn = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/deploy/acl.conf")

    @Test("The users that are checked in are those that the command prints: stint config acl > docs/deploy/acl.conf")
    func current() async throws {
        let run = await CommandRun.stint(["config", "acl"])
        #expect(run.status == .ok && run.errors == "")
        #expect(run.output == (try String(contentsOf: Self.checkedIn, encoding: .utf8)))
    }

    @Test("One user has the rights of all roles given, in a namespace, with a password that is shown to nobody")
    func options() async throws {
        try await withFolder { folder in
            try "s3cret\nrest\n".write(toFile: folder + "/secret", atomically: true, encoding: .utf8)
            // printf s3cret | sha256sum
            let hash = "#1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0"
            let words = ["config", "acl", "--role", "worker", "--role", "producer", "--namespace", "team"]
            let file = await CommandRun.stint(words + ["--password-file", "secret"], directory: folder)
            let expected = try AccessRules([.producer, .worker], namespace: "team", secret: hash)
            #expect(
                file.output == expected.line + "\n" && file.output.hasPrefix("user stint-producer-worker reset on #1ec")
            )
            let input = await CommandRun.stint(
                words + ["--password-file", "-", "--user", "app", "--json"], input: "s3cret\n", directory: folder)
            let object = try JSONSerialization.jsonObject(with: Data(input.output.utf8)) as? [String: Any]
            #expect(object?["user"] as? String == "app" && object?["namespace"] as? String == "team")
            #expect(object?["rules"] as? [String] == expected.rules)
            #expect(object?["roles"] as? [String] == ["producer", "worker"])
            #expect(object?["commands"] as? [String] == expected.commands)
            let variable = await CommandRun.stint(
                ["config", "acl", "--role", "dashboard"], environment: ["STINT_NAMESPACE": "shop"], directory: folder)
            #expect(variable.output.contains(" %R~{shop:*}:* %R~{shop}:* "))
            let fsync = await CommandRun.stint(["config", "acl", "--role", "producer", "--fsync"], directory: folder)
            #expect(fsync.output.contains(" +command|info ") && fsync.output.contains(" +waitaof "))
            for run in [file, input, variable, fsync] { #expect(!(run.output + run.errors).contains("s3cret")) }
        }
    }

    @Test(
        "What makes no user is refused",
        arguments: [
            (["--role", "admin"], "there are producer, worker, dashboard, operator"),
            (["--user", "app"], "say with --role what it does"),
            (["--role", "worker", "--user", "a b"], "no spaces"),
            (["--role", "worker", "--password-file", "/nonexistent/secret"], "cannot read /nonexistent/secret"),
            (["--role", "worker", "--password-file", "-"], "no password in the first line"),
            (["--namespace", "a*"], "namespace"),
        ])
    func refused(words: [String], text: String) async {
        let run = await CommandRun.stint(["config", "acl"] + words)
        #expect(run.output == "" && run.errors.contains(text), "\(run.errors)")
        #expect([.usage, .invalidConfiguration].contains(run.status), "\(run.status)")
    }

    @Test("The digest is SHA-256", arguments: [0, 3, 55, 56, 63, 64, 65, 119, 120, 1000])
    func digest(length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sha256sum"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let answer = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(String(answer.prefix(64)) == SHA256.hex(bytes))
    }

    // MARK: The command line as these users

    /// What a dashboard, and nobody else, needs; each prints something or finds nothing.
    private static let reading = [
        "queue ls", "queue show default", "job ls", "job ls --state dead", "job show a", "job logs a", "dead ls",
        "worker ls", "stats",
    ]
    private static let steering = [
        "queue pause default", "queue resume default", "queue limit default 100", "job promote later", "job cancel b",
        "dead retry dead-1", "job rm c --yes", "dead purge --all --confirm stint", "queue clear default --yes",
    ]

    @Test("Each user runs the commands of its role, and is refused those of the others, which then change nothing")
    func commands() async throws {
        try await withFolder { folder in
            let users = try AccessRole.allCases.map {
                try AccessRules([$0]).line.replacing(AccessRules.placeholder, with: ">pw")
            }
            try await withStint(redisOptions: users) { stint in
                func run(_ line: String, as user: String) async -> CommandRun {
                    let url = stint.url.replacing("://", with: "://stint-\(user):pw@")
                    let environment = ["STINT_REDIS_URL": url, "XDG_STATE_HOME": folder, "HOME": folder]
                    return await CommandRun.stint(
                        line.split(separator: " ").map(String.init), environment: environment, directory: folder)
                }
                for line in [
                    "--id a", "--id b", "--id c", "--id later --in 1h", "--id dead-1 --attempts 1 --queue bad",
                ] {
                    let made = await run("enqueue work {} \(line)", as: "producer")
                    #expect(made.status == .ok, "\(made.errors)")
                }
                let worker = try Worker(stint.client, queues: ["bad"]) {
                    Handle(raw: "work") { _, _ in throw Broken() }
                }
                let working = Task { try await worker.run() }
                #expect(try await stint.eventually { try await stint.inspector.queue("bad").dead == 1 })
                worker.drain()
                try await working.value
                let before = try await RedisSnapshot.take(from: stint.client.core.transport)
                for line in Self.reading {
                    let read = await run(line, as: "dashboard")
                    #expect(read.status == .ok, "\(line): \(read.errors)")
                    #expect(await run(line, as: "worker").status == .noPermission, "\(line)")
                }
                for line in Self.steering + ["enqueue work {}"] {
                    let refused = await run(line, as: "dashboard")
                    #expect(refused.status == .noPermission, "\(line): \(refused.status) \(refused.errors)")
                    #expect(refused.errors.contains("lacks rights that"), "\(line): \(refused.errors)")
                }
                #expect(try await RedisSnapshot.take(from: stint.client.core.transport) == before)
                for line in Self.reading + Self.steering {
                    let steered = await run(line, as: "operator")
                    #expect(steered.status == .ok, "\(line): \(steered.errors)")
                }
                #expect(try await stint.inspector.queue("default").ready == 0)
            }
        }
    }
}

extension ACLCommandTests {
    @Test("Functions run as a worker, are waited for as a producer, and `run` needs both and a look")
    func functions() async throws {
        try await withFolder { folder in
            try "functions:\n  hello: {run: [echo, hi]}\n"
                .write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let sets: [Set<AccessRole>] = [[.producer], [.worker], [.producer, .worker, .dashboard]]
            let users = try sets.map { try AccessRules($0).line.replacing(AccessRules.placeholder, with: ">pw") }
            try await withStint(redisOptions: users) { stint in
                func run(_ line: String, as user: String) async -> CommandRun {
                    let url = stint.url.replacing("://", with: "://stint-\(user):pw@")
                    let environment = [
                        "STINT_REDIS_URL": url, "XDG_STATE_HOME": folder, "HOME": folder, "PATH": "/usr/bin:/bin",
                    ]
                    return await CommandRun.stint(
                        line.split(separator: " ").map(String.init), environment: environment, directory: folder)
                }
                let lines = (0..<3).map { #"{"name":"hello","payload":{"n":\#($0)}}"# }.joined(separator: "\n")
                try (lines + "\n").write(toFile: folder + "/jobs.ndjson", atomically: true, encoding: .utf8)
                let bulk = await run("enqueue --bulk jobs.ndjson", as: "producer")
                #expect(bulk.status == .ok, "\(bulk.errors)")
                let waiting = Task { await run("enqueue hello {} --wait", as: "producer") }
                #expect(try await stint.eventually { try await stint.inspector.queue("default").ready == 4 })
                let work = await run("work --drain", as: "worker")
                #expect(work.status == .ok, "\(work.errors)")
                let waited = await waiting.value
                #expect(waited.status == .ok && waited.output.contains("hi"), "\(waited.output) \(waited.errors)")
                let whole = await run("run hello {}", as: "producer-worker-dashboard")
                #expect(whole.status == .ok, "\(whole.errors)")
                let log = try await stint.client.core.send(RedisCommand("ACL", "LOG"))
                #expect(log.arrayValue == [], "\(log)")
            }
        }
    }
}

private struct Broken: Error {}
