// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintCommands
import Testing

@Suite struct RunTests {
    private func run(
        _ words: String..., yaml: String? = Workshop.functions, input: String = "", sink: MemorySink = MemorySink()
    ) async throws -> CommandRun {
        try await withFolder { folder async throws in
            try yaml?.write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            try "".write(toFile: folder + "/.git", atomically: true, encoding: .utf8)
            // No Redis is here: a function needs none.
            let environment = [
                "HOME": folder, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "STINT_REDIS_URL": "redis+unix:///nonexistent/redis.sock",
            ]
            return await .stint(
                ["run"] + words, environment: environment, input: input, directory: folder, sink: sink)
        }
    }

    @Test("The result is on stdout, the log on stderr, and no Redis is asked")
    func result() async throws {
        let hello = try await run("hello", #"{"name": "test"}"#)
        #expect(hello.output == "hello test\n")
        #expect(hello.status == .ok)
        let logs = try await run("logs")
        #expect(logs.output == "end\n")
        #expect(logs.errors == "line 1\nline 2\nline 3\n")
        #expect(try await run("count", "-", input: "[1, 2, 3]\n").output == "10\n")
        let sink = MemorySink()
        let binary = "functions:\n  f: {sh: 'printf \"\\377\\000\\033\"'}\n"
        _ = try await run("f", yaml: binary, sink: sink)
        #expect(sink.bytes == [0xff, 0, 0x1b])
    }

    @Test(
        "The exit code is the job's outcome, with what would happen to it",
        arguments: [
            ("exit 65", "error: exit 65   (a job would be dead)\n"),
            ("exit 3", "error: exit 3   (a job would be retried)\n"),
            ("kill -9 $$", "error: killed by signal 9 (SIGKILL)   (a job would be retried as crashed)\n"),
            ("exit 79", "error: it asked to be run again in 1m, the attempt not counted\n"),
        ])
    func outcome(script: String, errors: String) async throws {
        let run = try await run("f", yaml: "functions:\n  f: {sh: '\(script)'}\n")
        #expect(run.status == .failed)
        #expect(run.errors == errors)
    }

    @Test("--json prints the outcome as a document, and the exit code stays")
    func json() async throws {
        func text(_ run: CommandRun) -> String { run.output.replacing(/"ran_s":[0-9.]+/, with: "T") }
        let hello = try await run("hello", #"{"name": "test"}"#, "--json")
        #expect(
            text(hello)
                == #"{"name":"hello","outcome":"completed","done":true,"reason":null,T,"result_text":"hello test\n"}"#
                + "\n")
        let fail = try await run("fail", "--json")
        #expect(fail.status == .failed)
        #expect(text(fail).hasPrefix(#"{"name":"fail","outcome":"dead","done":false,"reason":"exit 65"#))
    }

    @Test("Broken JSON is mended by a command that runs, not one that enqueues")
    func brokenJSON() async throws {
        let broken = try await run("hello", "{")
        #expect(broken.status == .usage)
        #expect(broken.errors.contains("stint run hello @payload.json"))
        #expect(!broken.errors.contains("enqueue"))
    }

    @Test("A function over its timeout is ended")
    func timeout() async throws {
        let run = try await run("f", yaml: "functions:\n  f: {sh: 'sleep 60', timeout: 100ms}\n")
        #expect(run.status == .failed)
        #expect(run.errors.contains("timed out after"))
    }

    @Test("A name that no function has is understood where it can be")
    func unknown() async throws {
        let run = try await run("helo")
        #expect(run.status == .notFound)
        #expect(run.errors.contains("no function runs jobs named 'helo'. Did you mean 'hello'?"))
    }

    @Test("What cannot be run says where it stands")
    func missing() async throws {
        let run = try await run("f", yaml: "functions:\n  f:\n    run: [/nonexistent/program]\n")
        #expect(run.status == .invalidConfiguration)
        #expect(run.errors.contains("stint.yaml:2"))
        let none = try await self.run("hello", yaml: nil)
        #expect(none.status == .invalidConfiguration)
        #expect(none.errors.contains("stint init"))
    }

    @Test("--job runs the function with the payload of a stored job, which stays as it is")
    func storedJob() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "hello", #"{"name": "stored"}"#)
            let run = await stint("run", "--job", "@last")
            #expect(run.output == "hello stored\n")
            #expect(try await stint.jobs().count == 1)
            #expect(await stint("run", "--job", "none").status == .notFound)
            #expect(await stint("run", "hello", "--job", "none").status == .usage)
        }
    }
}
