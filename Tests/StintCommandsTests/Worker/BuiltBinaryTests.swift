// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

@testable import StintRedis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What only a process of its own can show: signals, and a private Redis that two commands share.
@Suite struct BuiltBinaryTests {
    private static let executable = (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stint"

    private func start(
        _ words: String..., in stint: Workshop, environment: [String: String]? = nil,
        executable: String = Self.executable
    )
        throws -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = words
        process.environment = environment ?? stint.environment
        process.currentDirectoryURL = URL(fileURLWithPath: stint.folder)
        let log = stint.folder + "/log"
        if !FileManager.default.fileExists(atPath: log) { try stint.write("log", "") }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try file.seekToEnd()
        process.standardError = file
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func log(_ stint: Workshop) -> String {
        (try? String(contentsOfFile: stint.folder + "/log", encoding: .utf8)) ?? ""
    }

    private func soon(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, what)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func end(_ process: Process) async throws -> Int32 {
        try await soon("the process ends") { !process.isRunning }
        return process.terminationStatus
    }

    @Test("The first SIGTERM lets running jobs end, the second hands them back with the attempt unused; exit 0")
    func signals() async throws {
        let yaml = "functions:\n  short: {sh: 'touch begun; sleep 0.5'}\n  long: {sh: 'sleep 60'}\n"
        try await withWorkshop(yaml: yaml) { stint async throws in
            _ = await stint("enqueue", "short")
            let first = try start("work", "--slots", "2", in: stint)
            try await soon("the job begins") { FileManager.default.fileExists(atPath: stint.folder + "/begun") }
            kill(first.processIdentifier, SIGTERM)
            #expect(try await end(first) == 0)
            #expect(try await stint.inspector.queue("default").totals.completed == 1)

            let id = await stint("enqueue", "long").lines[0]
            let second = try start("work", in: stint)
            try await soon("the job runs") { try await stint.jobs("default", .running).count == 1 }
            kill(second.processIdentifier, SIGTERM)
            try await soon("it drains") { log(stint).contains("draining") }
            kill(second.processIdentifier, SIGINT)
            #expect(try await end(second) == 0)
            let job = try #require(try await stint.jobs().first)
            #expect(job.summary.id.description == id)
            #expect(job.summary.attempt == 0)
            #expect(job.summary.crashes == 0)
        }
    }

    @Test("With --log json what a worker says of signals and of the private Redis is JSON lines too")
    func json() async throws {
        try await withWorkshop { stint async throws in
            var environment = stint.environment
            environment["STINT_REDIS_URL"] = nil
            let up = try start("up", "--log", "json", "--data", "here", in: stint, environment: environment)
            try await soon("it works") { log(stint).contains("Worker started") }
            kill(up.processIdentifier, SIGTERM)
            #expect(try await end(up) == 0)
            let lines = try CommandRun(status: .ok, output: "", errors: log(stint)).objects()
            let messages = lines.compactMap { $0["message"] as? String }
            for part in ["using the private Redis in ./here", "serving 7 functions", "draining: "] {
                #expect(messages.contains { $0.hasPrefix(part) }, "\(messages)")
            }
            #expect(lines.allSatisfy { $0["time"] is String && $0["level"] is String })
            #expect(try await end(start("down", "--data", "here", in: stint, environment: environment)) == 0)
        }
    }

    @Test("SIGTSTP stops claims and SIGCONT lets them go on")
    func quiet() async throws {
        try await withWorkshop { stint async throws in
            let worker = try start("work", in: stint)
            try await soon("it works") { log(stint).contains("Worker started") }
            kill(worker.processIdentifier, SIGTSTP)
            try await soon("it is quiet") { log(stint).contains("quiet") }
            _ = await stint("enqueue", "hello", "--ttl", "1h")
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await stint.jobs().count == 1)
            kill(worker.processIdentifier, SIGCONT)
            try await soon("the job ends") { try await stint.inspector.queue("default").totals.completed == 1 }
            // A shell sends it to every job that it continues, also to one that was never quiet.
            kill(worker.processIdentifier, SIGCONT)
            kill(worker.processIdentifier, SIGINT)
            #expect(try await end(worker) == 0)
            #expect(log(stint).components(separatedBy: "claims jobs again").count == 2)
        }
    }

    @Test("Ctrl-C ends a wait, says that the job goes on, and leaves it")
    func interruptedWait() async throws {
        try await withWorkshop { stint async throws in
            let process = try start("enqueue", "slow", "--follow", in: stint)
            try await soon("it waits") {
                let reply = try await stint.client.core.send(RedisCommand("CLIENT", "LIST", "TYPE", "pubsub"))
                return reply.string?.isEmpty == false
            }
            kill(process.processIdentifier, SIGINT)
            #expect(try await end(process) == 130)
            #expect(log(stint).contains("any more; it goes on"), "\(log(stint))")
            #expect(try await stint.jobs().count == 1)
        }
    }

    @Test("A stream that was closed is an error where it is needed, and no number for a socket")
    func closedStreams() async throws {
        try await withWorkshop { stint async throws in
            for (words, status, error) in [
                ("enqueue --bulk - <&-", 64, "cannot read stdin: Bad file descriptor"),
                ("enqueue hello --raw - <&-", 64, "cannot read the payload from stdin: Bad file descriptor"),
                ("version >&-", 1, "cannot write the output: Bad file descriptor"),
            ] as [(String, Int32, String)] {
                let process = try start(
                    "-c", "exec '\(Self.executable)' \(words)", in: stint, executable: "/bin/sh")
                #expect(try await end(process) == status, "\(words)")
                #expect(log(stint).contains("error: " + error), "\(log(stint))")
            }
            #expect(try await stint.inspector.queueNames().isEmpty)
        }
    }

    @Test("stint inside a function uses its worker's private Redis and namespace without being told")
    func nested() async throws {
        let yaml = "functions:\n  outer: {sh: \"'\(Self.executable)' enqueue inner\"}\n  inner: {sh: 'touch ran'}\n"
        try await withWorkshop(yaml: yaml) { stint async throws in
            var environment = stint.environment
            environment["STINT_REDIS_URL"] = nil
            let words = ["--data", "elsewhere", "--namespace", "shop"]
            let up = try start("up", words[0], words[1], words[2], words[3], in: stint, environment: environment)
            try await soon("it serves") { log(stint).contains("Worker started") }
            let enqueue = try start(
                "enqueue", "outer", words[0], words[1], words[2], words[3], in: stint, environment: environment)
            #expect(try await end(enqueue) == 0)
            try await soon("the inner job runs") { FileManager.default.fileExists(atPath: stint.folder + "/ran") }
            kill(up.processIdentifier, SIGTERM)
            #expect(try await end(up) == 0)
            let down = try start("down", "--data", "elsewhere", in: stint, environment: environment)
            #expect(try await end(down) == 0)
            #expect(!FileManager.default.fileExists(atPath: stint.folder + "/.stint"))
        }
    }

    @Test("stint inside a function of a worker on a named Redis refuses, until pass_env gives it the address")
    func nestedNamed() async throws {
        let call = "sh: \"'\(Self.executable)' enqueue inner 2> error; echo $? > status\""
        let yaml = """
            functions:
              outer: {\(call)}
              told: {\(call), pass_env: [STINT_REDIS_URL]}
              inner: {sh: 'touch ran'}

            """
        try await withWorkshop(yaml: yaml) { stint async throws in
            func text(_ name: String) -> String {
                (try? String(contentsOfFile: stint.folder + "/" + name, encoding: .utf8)) ?? ""
            }
            _ = await stint("enqueue", "outer")
            #expect(await stint("work", "--drain").status == .ok)
            #expect(text("status") == "78\n")
            #expect(text("error").contains("nothing here says which Redis its worker uses"), "\(text("error"))")
            #expect(text("error").contains("pass_env: [STINT_REDIS_URL]"))
            #expect(!FileManager.default.fileExists(atPath: stint.folder + "/.stint"))
            #expect(!FileManager.default.fileExists(atPath: stint.folder + "/ran"))
            _ = await stint("enqueue", "told")
            #expect(await stint("work", "--drain").status == .ok)
            #expect(text("status") == "0\n", "\(text("error"))")
            #expect(FileManager.default.fileExists(atPath: stint.folder + "/ran"))
        }
    }

    @Test("Ctrl-C ends a bulk enqueue after the slice under way, and says where to go on")
    func interruptedBulk() async throws {
        try await withWorkshop { stint async throws in
            let lines = Array(repeating: #"{"name":"hello"}"#, count: 100_000).joined(separator: "\n")
            try stint.write("jobs.ndjson", lines)
            let process = try start("enqueue", "--bulk", "jobs.ndjson", "--rate", "1000/s", in: stint)
            try await soon("it is under way") { try await stint.inspector.queue("default").ready > 0 }
            kill(process.processIdentifier, SIGINT)
            #expect(try await end(process) == 130)
            let ready = try await stint.inspector.queue("default").ready
            #expect(ready < 100_000)
            #expect(log(stint).contains("stopped by Ctrl-C after line \(ready): "))
            #expect(log(stint).contains("tail -n +\(ready + 1) jobs.ndjson | stint enqueue --bulk - --rate 1000/s"))
        }
    }

    @Test("stint run ends its function on Ctrl-C, and itself with 130")
    func interruptedRun() async throws {
        let yaml = "functions:\n  f: {sh: 'trap \"touch ended; exit\" TERM; touch begun; sleep 60 & wait'}\n"
        try await withWorkshop(yaml: yaml) { stint async throws in
            let process = try start("run", "f", in: stint)
            try await soon("it begins") { FileManager.default.fileExists(atPath: stint.folder + "/begun") }
            kill(process.processIdentifier, SIGINT)
            #expect(try await end(process) == 130)
            #expect(FileManager.default.fileExists(atPath: stint.folder + "/ended"))
        }
    }

    @Test("up starts a private Redis, and a second command in the folder joins it")
    func up() async throws {
        try await withWorkshop { stint async throws in
            var environment = stint.environment
            environment["STINT_REDIS_URL"] = nil
            let up = try start("up", in: stint, environment: environment)
            try await soon("it serves") { log(stint).contains("✓ serving 7 functions") }
            #expect(log(stint).contains("using the private Redis in ./.stint"))
            // What is suggested works: the function needs a name.
            #expect(log(stint).contains(#"stint enqueue hello '{"name":"Wang"}' --wait"#))
            let enqueue = try start("enqueue", "hello", "--wait", in: stint, environment: environment)
            #expect(try await end(enqueue) == 0)
            kill(up.processIdentifier, SIGTERM)
            #expect(try await end(up) == 0)
            #expect(try await end(start("down", in: stint, environment: environment)) == 0)
        }
    }
}
