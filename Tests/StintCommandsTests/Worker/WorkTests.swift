// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintCommands
import StintRedis
import Testing

@Suite struct WorkTests {
    @Test("--drain runs what waits, in all queues of stint.yaml, and ends")
    func drain() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "hello", "--count", "3")
            _ = await stint("enqueue", "mail")
            _ = await stint("enqueue", "fail")
            let run = await stint("work", "--drain", "--slots", "2")
            #expect(run.status == .ok)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("Worker started"))
            #expect(run.errors.contains("stint.queues=default,mail"))
            #expect(run.errors.split(separator: "\n").count { $0.contains("Job completed") } == 4)
            #expect(run.errors.contains("exit 65: no such user"))
            #expect(try await stint.jobs("default", .dead).count == 1)
            #expect(try await stint.inspector.queue("mail").ready == 0)
        }
    }

    @Test("Of a job that no worker could run its picture says how often it was handed back and why that may be")
    func handedBack() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "nobody", "--id", "x")
            #expect(await stint("work", "--max-idle", "50ms", "-q").status == .ok)
            let run = await stint("job", "show", "x", terminal: 200)
            #expect(
                run.output.contains("handed back once, attempt unused: no worker that took it runs 'nobody'"))
        }
    }

    @Test("A worker that may do nothing with a queue ends with 77, and every line of its log has a time")
    func withoutRights() async throws {
        try await withWorkshop { stint async throws in
            _ = try await stint.client.core.transport.send(
                RedisCommand("ACL", ["SETUSER", "weak", "on", ">pw", "~{stint}:*", "&*", "+@all", "-acl"]),
                timeout: .seconds(60))
            let url = stint.redis.url.replacing("redis+unix://", with: "redis+unix://weak:pw@")
            let run = await stint("work", environment: ["STINT_REDIS_URL": url])
            #expect(run.status == .noPermission)
            let log = run.errors.split(separator: "\n").prefix { !$0.hasPrefix("error:") }
            #expect(log.contains { $0.contains("A loop of the worker gets no answer") })
            #expect(log.allSatisfy { $0.wholeMatch(of: /20\d\d-\d\d-\d\dT.*/) != nil }, "\(run.errors)")
        }
    }

    @Test("A worker started on a queue of a newer release ends with 78 and says what to do")
    func newerQueue() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "hello")
            _ = try await stint.client.core.transport.send(
                RedisCommand("HSET", ["{stint:default}:meta", "schema", "2"]), timeout: .seconds(60))
            let run = await stint("work", "--queue", "default")
            #expect(run.status == .invalidConfiguration)
            #expect(run.errors.contains("newer release of Stint (schema 2;"), "\(run.errors)")
            #expect(run.errors.contains("update this program"))
            // The others of its queues are not to wait for an upgrade.
            _ = await stint("enqueue", "hello", "--queue", "mail")
            let other = await stint("work", "--queue", "default", "--queue", "mail", "--max-jobs", "1")
            #expect(other.status == .ok, "\(other.errors)")
        }
    }

    @Test("--once and --max-jobs bound the jobs, --max-idle the waiting")
    func bounds() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "hello", "--count", "4")
            #expect(await stint("work", "--once", "-q").status == .ok)
            #expect(try await stint.jobs().count == 3)
            #expect(await stint("work", "--max-jobs", "2", "-q").status == .ok)
            #expect(try await stint.jobs().count == 1)
            #expect(await stint("work", "--queue", "other=2", "--max-idle", "50ms", "-q").status == .ok)
            #expect(try await stint.jobs().count == 1)
        }
    }

    @Test("--log json prints one object a line")
    func json() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "hello", "--id", "x")
            let run = await stint("work", "--drain", "--log", "json")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix(#"{"time":"2026-"#) && $0.hasSuffix("}") })
            #expect(lines.contains { $0.contains(#""message":"Job completed""#) && $0.contains(#""job.id":"x""#) })
        }
    }

    @Test("With --json or --log json everything on stderr is one object a line, errors too")
    func jsonTalk() async throws {
        let yaml = "functions:\n  hello: {sh: 'cat'}\n"
        try await withWorkshop(yaml: yaml) { stint async throws in
            _ = await stint("enqueue", "hello", #"{"secret":1}"#)
            for words in [["--json"], ["--log=json"], ["--log", "json"]] {
                let run = await CommandRun.stint(
                    ["work", "--drain", "-vv"] + words, environment: stint.environment, directory: stint.folder)
                #expect(run.status == .ok && run.output.isEmpty)
                let lines = try run.objects()
                #expect(lines.contains { $0["message"] as? String == "Redis command" })
                #expect(!run.errors.contains("secret"))
            }
            let gone = await stint("work", "--json", environment: ["STINT_REDIS_URL": "redis+unix:///nonexistent/s"])
            #expect(gone.status == .unreachable)
            let line = try #require(try gone.objects().first)
            #expect(line["level"] as? String == "error" && line["exit_code"] as? Int == 69)
            #expect((line["hints"] as? [String])?.isEmpty == false)
            #expect(await stint("work", "--json", "--log", "text").status == .usage)
            try stint.write("stint.yaml", "functions:\n  a: {run: [no-such-program]}\n")
            for command in ["work", "up"] { #expect(try await stint(command, "--json").objects().count == 1) }
        }
    }

    @Test("A function that cannot be executed is refused at the start, with its line, before Redis is asked")
    func missing() async throws {
        let yaml = "functions:\n  good: {sh: 'true'}\n  bad:\n    run: [no-such-program]\n"
        try await withWorkshop(yaml: yaml) { stint async throws in
            for command in ["work", "up"] {
                let run = await stint(command)
                #expect(run.status == .invalidConfiguration)
                #expect(run.errors.contains("stint.yaml:3: error: function 'bad': "), "\(run.errors)")
            }
            #expect(try await stint.inspector.queueNames().isEmpty)
        }
    }

    @Test("Without functions there is nothing to work on, and init is what helps")
    func nothing() async throws {
        try await withWorkshop(yaml: nil) { stint async throws in
            let run = await stint("work")
            #expect(run.status == .invalidConfiguration)
            #expect(
                run.errors == """
                    error: there is no stint.yaml here or above, so there is nothing to run
                      Make a folder with one to begin with:   stint init hello && cd hello

                    """)
        }
    }

    @Test(
        "Bad values are refused",
        arguments: [
            ["--queue", "a,,b"], ["--queue", "a=0"], ["--slots", "0"], ["--once", "--max-jobs", "2"],
            ["--lease", "100ms"],
            ["--queue", "a,a"], ["--log", "xml"], ["--max-jobs", "0"],
        ])
    func refused(words: [String]) async throws {
        try await withWorkshop { stint async throws in
            let run = await CommandRun.stint(
                ["work"] + words, environment: stint.environment, directory: stint.folder)
            #expect(run.status == .usage, "\(run.errors)")
        }
    }
}
