// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import Testing

@Suite struct EnqueueTests {
    @Test("A time without a zone is meant in the zone of stint.yaml, else in the system's")
    func configuredZone() async throws {
        try await withWorkshop(yaml: "timezone: UTC\n") { stint async throws in
            let words = ["enqueue", "hello", "--at", "2099-01-01T15:00"]
            let own = await stint("enqueue", "hello", "--at", "2099-01-01T15:00")
            #expect(own.status == .ok, "\(own.errors)")
            let system = await CommandRun.stint(words, environment: stint.environment)
            #expect(system.status == .ok, "\(system.errors)")
            let due = try await stint.jobs("default", .delayed).map { Int($0.summary.date.timeIntervalSince1970) }
            // The zone of these tests is eight hours ahead of UTC.
            #expect(due.sorted() == [4_070_934_000, 4_070_962_800])
        }
    }

    @Test("The id goes to stdout, talk to stderr, the very bytes of the payload into the queue")
    func verbatim() async throws {
        try await withWorkshop { stint async throws in
            let payload = #" {"id" : 9007199254740993, "text":"\u001b[2J"}"#
            let run = await stint("enqueue", "hello", payload)
            #expect(run.status == .ok)
            let job = try #require(try await stint.jobs().first)
            #expect(run.lines == ["\(job.summary.id)"])
            #expect(run.errors.hasPrefix("✓ \(run.lines[0].prefix(12))… hello → default\n"))
            #expect(String(decoding: job.payload, as: UTF8.self) == payload)
        }
    }

    @Test("Every option reaches the job; stint.yaml fills what is not said")
    func options() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint(
                "enqueue", "mail", "--priority", "urgent", "--key", "order:7", "--attempts", "8", "--backoff",
                "fixed(30s)", "--ttl", "1h", "--keep", "10m", "--tag", "customer=7", "--tag", "a=b=c", "--id", "own-1")
            #expect(run.lines == ["own-1"])
            let job = try #require(try await stint.jobs("mail").first)
            #expect(String(decoding: job.payload, as: UTF8.self) == "{}")
            #expect(job.summary.priority == .urgent)
            #expect(job.summary.uniqueKey == "order:7")
            #expect(job.retry == .fixed(.seconds(30), attempts: 8))
            #expect(job.timeoutMilliseconds == 30_000)
            #expect(job.keepMilliseconds == 600_000)
            #expect(job.expiresAt != nil)
            #expect(job.summary.tags == ["customer": "7", "a": "b=c"])
            _ = await stint("enqueue", "mail", "--timeout", "5s")
            #expect(try await stint.jobs("mail").last?.timeoutMilliseconds == 5_000)
            #expect(try await stint.jobs("mail").last?.summary.maxAttempts == 3)
        }
    }

    @Test("A job that no replica confirms is queued, and the command says so and ends with 2")
    func unconfirmed() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint("enqueue", "hello", "--id", "x", "--durability", "replicated", "--json")
            #expect(run.status == .partlyDone)
            #expect(run.output.contains(#""confirmation":"unconfirmed""#))
            #expect(run.errors.contains("job x is queued, and not confirmed: 0 of 1 replicas confirmed it within"))
            #expect(try await stint.jobs().count == 1)
            let wrong = await stint("enqueue", "hello", "--durability", "replicated=0")
            #expect(wrong.status == .usage)
            #expect(await stint("enqueue", "hello", "--durability", "disk").errors.contains("there are local,"))
            #expect(try await stint.jobs().count == 1)
        }
    }

    @Test("Later is later, and says when in the user's zone")
    func later() async throws {
        try await withWorkshop { stint async throws in
            let delayed = await stint("enqueue", "hello", "--in", "5m")
            #expect(delayed.errors.contains("runs 14:25:07 (in 5m)"))
            let dated = await stint("enqueue", "hello", "--at", "2035-01-01T09:00+08:00")
            #expect(dated.errors.contains("runs 2035-01-01 09:00:00"))
            let jobs = try await stint.jobs("default", .delayed)
            #expect(jobs.map(\.summary.date.timeIntervalSince1970).last == 2_051_226_000)
            #expect(await stint("enqueue", "hello", "--in", "1s", "--at", "15:00").status == .usage)
        }
    }

    @Test("The payload comes from a file or from stdin, and may be any bytes with --raw")
    func sources() async throws {
        try await withWorkshop { stint async throws in
            let bytes: [UInt8] = [0, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0x0a]
            try stint.write("p.bin", bytes: bytes)
            try stint.write("p.json", "[1]\n")
            #expect(await stint("enqueue", "cat", "@p.bin", "--raw").status == .ok)
            #expect(await stint("enqueue", "cat", "@p.json").status == .ok)
            #expect(await stint("enqueue", "cat", "-", input: "[2]\n").status == .ok)
            #expect(try await stint.jobs().map(\.payload) == [bytes, Array("[1]\n".utf8), Array("[2]\n".utf8)])
            let missing = await stint("enqueue", "cat", "@none.json")
            #expect(missing.status == .usage)
            #expect(missing.errors.hasPrefix("error: cannot read the payload from none.json: "))
            #expect(await stint("enqueue", "cat", "@p.bin").status == .usage)
        }
    }

    @Test("A queue that no worker serves is said, with the likely one, and the undo where it did not exist")
    func unserved() async throws {
        try await withWorkshop { stint async throws in
            let first = await stint("enqueue", "mail")
            #expect(
                first.errors.contains(
                    "warning: no worker serves 'mail' and it did not exist before. "
                        + "Start one: stint work --queue mail   Undo: stint job rm \(first.lines[0])"),
                "\(first.errors)")
            let known = await stint("enqueue", "mail")
            #expect(known.errors.contains("warning: no worker serves 'mail'. Start one: stint work --queue mail"))
            #expect(!known.errors.contains("Undo"))
            #expect(await stint("enqueue", "mial", "--queue", "mail").errors.contains("Did you mean 'mail'?"))
            // Near names are offered only where somebody serves them.
            #expect(!(await stint("enqueue", "mail", "--queue", "mial").errors.contains("'mail' does exist")))
            try await stint.serving("mail") {
                #expect(await stint("enqueue", "mail").errors.contains("warning") == false)
                let slip = await stint("enqueue", "mail", "--queue", "mails")
                #expect(
                    slip.errors.contains(
                        "warning: no worker serves 'mails' and it did not exist before; 'mail' does exist and is "
                            + "served. Undo: stint job rm \(slip.lines[0])"), "\(slip.errors)")
                let bulk = await stint("enqueue", "--bulk", "-", input: #"{"name":"mail","queue":"nobody"}"#)
                #expect(bulk.errors.contains("warning: no worker serves 'nobody' and it did not exist before."))
                #expect(!(await stint("enqueue", "--bulk", input: #"{"name":"mail"}"#).errors.contains("warning")))
            }
        }
    }

    @Test("Who may not look at workers may enqueue, and nobody speaks of them")
    func blindProducer() async throws {
        try await withWorkshop(redisOptions: ["user blind on nopass ~* &* +@all -zrevrange"]) { stint async throws in
            let url = "redis+unix://blind:pw@" + stint.redis.socketPath
            let run = await stint("enqueue", "mail", environment: ["STINT_REDIS_URL": url])
            #expect(run.status == .ok, "\(run.errors)")
            #expect(!run.errors.contains("warning"), "\(run.errors)")
            let bulk = await stint(
                "enqueue", "--bulk", input: #"{"name":"mail"}"#, environment: ["STINT_REDIS_URL": url])
            #expect(bulk.status == .ok, "\(bulk.errors)")
            #expect(try await stint.jobs("mail").count == 2)
        }
    }

    @Test("A name that no function has is told to people")
    func unknownName() async throws {
        try await withWorkshop { stint async throws in
            let hint = "stint.yaml has no function 'payments.refund'"
            #expect(await stint("enqueue", "payments.refund", terminal: 120).errors.contains(hint))
            #expect(!(await stint("enqueue", "hello", terminal: 120).errors.contains("has no function")))
        }
    }

    @Test("--key-window keeps a key taken after the job's end")
    func keyWindow() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint("enqueue", "cat", "--key", "k", "--key-window", "1h")
            #expect(run.status == .ok)
            #expect(try await stint.jobs().first?.windowMilliseconds == 3_600_000)
            _ = await stint("enqueue", "cat", "--key", "short")
            _ = await stint(
                "enqueue", "--bulk", input: #"{"name":"cat","key":"line","window":"2h"}"#)
            #expect(try await stint.jobs().last?.windowMilliseconds == 7_200_000)
            #expect(await stint("work", "--drain", "-q").status == .ok)
            #expect(await stint("enqueue", "cat", "--key", "short").status == .ok)
            for key in ["k", "line"] {
                let refused = await stint("enqueue", "cat", "--key", key)
                #expect(refused.status == .refusedByState, "\(key) \(refused.errors)")
            }
            #expect(await stint("enqueue", "cat", "--key-window", "1h").status == .usage)
        }
    }

    @Test("A key is held by one job: a second is refused, or answered by the first, or replaces it")
    func keys() async throws {
        try await withWorkshop { stint async throws in
            let first = await stint("enqueue", "hello", "1", "--key", "k")
            let refused = await stint("enqueue", "hello", "2", "--key", "k")
            #expect(refused.status == .refusedByState)
            #expect(refused.output.isEmpty)
            #expect(refused.errors.contains("stint job show \(first.lines[0])"))
            let existing = await stint("enqueue", "hello", "3", "--key", "k", "--on-duplicate", "existing")
            #expect(existing.lines == first.lines)
            #expect(existing.errors.contains("was there already: nothing was added"))
            #expect(try await stint.payloads() == ["1"])
            #expect(await stint("enqueue", "hello", "4", "--key", "k", "--on-duplicate", "replace").status == .ok)
            #expect(try await stint.payloads() == ["4"])
        }
    }

    @Test("--json describes the receipt; --count makes many")
    func forms() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint("enqueue", "hello", "--id", "x", "--json")
            #expect(
                run.output
                    == #"{"id":"x","name":"hello","queue":"default","outcome":"enqueued","new":true,"#
                    + #""confirmation":"local"}"# + "\n")
            #expect(await stint("enqueue", "hello", "--id", "x", "--json").output.contains(#""new":false"#))
            let many = await stint("enqueue", "hello", "--count", "1200")
            #expect(Set(many.lines).count == 1_200)
            #expect(try await stint.inspector.queue("default").ready == 1_201)
        }
    }

    @Test("--count prints the ids of jobs that are there, not of those that a depth limit refused")
    func countAtLimit() async throws {
        try await withWorkshop { stint async throws in
            try await stint.client.queue("default").setDepthLimit(3)
            let run = await stint("enqueue", "hello", "--count", "5")
            #expect(run.status == .partlyDone)
            #expect(run.errors.contains("depth limit: 3 of 5 jobs were queued"))
            #expect(run.lines.sorted() == (try await stint.jobs()).map(\.summary.id.description).sorted())
            #expect(await stint("job", "show", "@last", "--json").output.contains(run.lines[2]))
            let refused = await stint("enqueue", "hello", "--count", "2")
            #expect(refused.status == .refusedByState)
            #expect(refused.output.isEmpty)
        }
    }

    @Test(
        "What cannot be queued is refused before anything is done",
        arguments: [
            (["enqueue"], "job needs a name"),
            (["enqueue", "hello", "--queue", "No Queue"], "A queue's name has"),
            (["enqueue", "a\u{7}b"], "A job's name has"),
            (["enqueue", "hello", "--id", "no id"], "A job id has"),
            (["enqueue", "hello", "--priority", "asap"], "there are urgent, high, normal, low"),
            (["enqueue", "hello", "--batch", "5"], "--batch needs --bulk"),
            (
                ["enqueue", "hello", "--in", "5s", "--ttl", "1s"],
                "never start: it is due in 5.0s and dropped after 1.0s"
            ),
            (["enqueue", "hello", "--at", "2035-01-01", "--ttl", "1h"], "the job could never start"),
            (["enqueue", "--bulk", "--wait"], "--wait cannot be used with --bulk"),
            (["enqueue", "hello", "--wait-timeout", "5s"], "--wait-timeout needs --wait or --follow"),
            (["enqueue", "hello", "--attempts", "-1"], "--attempts"),
        ])
    func refused(words: [String], message: String) async throws {
        // No Redis is here: it must not be asked.
        let environment = ["STINT_REDIS_URL": "redis+unix:///nonexistent/redis.sock"]
        let run = await CommandRun.stint(words, environment: environment)
        #expect(run.status == .usage)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("Broken JSON is shown with column and caret")
    func brokenJSON() async {
        let run = await CommandRun.stint(["enqueue", "resize", "{\"w\":10"], environment: [:])
        #expect(run.status == .usage)
        #expect(
            run.errors == """
                error: payload is not valid JSON: unexpected end at column 8
                  {"w":10
                         ^
                  Read it from a file:   stint enqueue resize @payload.json    raw bytes: --raw

                """)
    }
}
