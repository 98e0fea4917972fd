// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintTesting
import Testing

@Suite struct JobCommandTests {
    @Test("A dry run of an unknown job says so and ends as the real call does")
    func dryRunOfUnknown() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            #expect(await live.run("job", "rm", "ghost", "-n").status == .notFound)
            #expect(await live.run("job", "rm", "a1", "ghost", "-n").status == .partlyDone)
            #expect(await live.run("job", "rm", "a1", "-n").status == .ok)
        }
    }

    @Test("job ls lists the newest first, and its rows can be named")
    func list() async throws {
        try await LiveStint.with { live in
            // Ids in the order of enqueueing, because several fit into one millisecond.
            try await live.enqueue("a1")
            try await live.enqueue("b1", name: "etl.load", queue: "default", tags: ["customer": "7"])
            try await live.enqueue("c1", delay: .seconds(3_600))
            let run = await live.run("job", "ls", "--fields", "id,name,queue,state,attempt", forced: 120)
            #expect(
                run.output == """
                    ID  NAME       QUEUE    STATE    ATTEMPT
                    c1  mail.send  mail     delayed      0/1
                    b1  etl.load   default  ready        0/1
                    a1  mail.send  mail     ready        0/1

                    """)
            #expect(await live.run("job", "show", "%2").lines.contains("id\tb1"))
            #expect(await live.run("job", "show", "%9").status == .notFound)
            #expect(await live.run("job", "ls", "--state", "delayed", "--fields", "id").output == "c1\n")
            #expect(await live.run("job", "ls", "--sort", "old", "--fields", "id").output == "a1\nb1\nc1\n")
            #expect(await live.run("job", "ls", "--sort", "due", "--fields", "id").output == "c1\n")
            let rows = try await live.json("job", "ls", "--queue", "default")
            #expect((rows[0]["tags"] as? [String: String]) == ["customer": "7"])
            #expect(await live.run("job", "ls", "--state", "delaid").status == .usage)
        }
    }

    @Test("A list ends with a cursor that goes on exactly there")
    func cursor() async throws {
        try await LiveStint.with { live in
            for number in 10..<20 { try await live.enqueue("a\(number)") }
            for number in 10..<15 { try await live.enqueue("b\(number)", queue: "default", delay: .seconds(60)) }
            var seen: [String] = []
            var words = ["job", "ls", "--sort", "old", "--limit", "4", "--fields", "id"]
            while true {
                let run = await live.run(words: words, forced: 120)
                seen += run.lines.dropFirst()
                guard let range = run.errors.firstRange(of: "--cursor ") else { break }
                let cursor = run.errors[range.upperBound...].prefix { !$0.isWhitespace }
                words = ["job", "ls", "--sort", "old", "--limit", "4", "--fields", "id", "--cursor", String(cursor)]
                try #require(seen.count <= 15)
            }
            #expect(seen.count == 15)
            #expect(Set(seen).count == 15)
            #expect(
                await live.run(
                    "job", "ls", "--queue", "mail", "--state", "ready", "--sort", "old", "--offset", "8",
                    "--fields", "id"
                ).output == "a18\na19\n")
            #expect(await live.run("job", "ls", "--offset", "8").status == .usage)
            #expect(await live.run("job", "ls", "--cursor", "x").status == .usage)
        }
    }

    @Test("A list that is not all says so, also into a pipe and with --json")
    func more() async throws {
        try await LiveStint.with { live in
            for number in 10..<35 { try await live.enqueue("a\(number)") }
            for words in [[], ["--json"], ["--plain"]] {
                let run = await live.run(words: ["job", "ls"] + words)
                #expect(run.lines.count == 20)
                #expect(run.errors == "20 of 25, newest first; more: --cursor ready@mail:20\n")
            }
            #expect(await live.run("job", "ls", "--limit", "25").errors.isEmpty)
            #expect(await live.run("job", "ls", "--scan-limit", "5").status == .usage)
            try await live.kill()
            let dead = await live.run("dead", "ls", "--json")
            #expect(dead.lines.count == 20 && dead.errors.contains("more: --cursor dead@mail:20"))
        }
    }

    @Test("Many jobs are changed by selectors, after a question with their number")
    func selectors() async throws {
        try await LiveStint.with { live in
            for number in 1...4 { try await live.enqueue("a\(number)", tags: ["n": "\(number % 2)"]) }
            for number in 1...3 { try await live.enqueue("d\(number)", name: "etl.load", delay: .seconds(3_600)) }
            let asked = await live.run("job", "promote", "--name", "etl.*", input: "n\n", canAsk: true)
            #expect(asked.errors.hasPrefix("Promote 3 jobs of all queues named 'etl.*'? [y/N] "))
            #expect(asked.status == .notConfirmed)
            let promoted = await live.run("job", "promote", "--name", "etl.*", "--limit", "2", "--yes")
            #expect(promoted.errors == "✓ 2 jobs ready\n")
            #expect(try await live.client.inspector.queue("mail").delayed == 1)
            let dry = await live.run("job", "rm", "--queue", "mail", "--state", "ready,delayed", "-n")
            #expect(dry.errors == "would delete 7 jobs of 'mail' (6 ready, 1 delayed)\n")
            let cancelled = await live.run("job", "cancel", "--tag", "n=1", "--yes", "--json")
            #expect(
                cancelled.output
                    == #"{"queue":"mail","done":true,"reason":null,"matched":2,"changed":2,"reasons":{}}"# + "\n")
            #expect(
                await live.run("job", "rm", "--queue", "mail", "--name", "etl.*", "-y").errors == "✓ 3 jobs deleted\n")
            try await live.kill()
            #expect(await live.run("job", "retry", "--queue", "mail", "--tag", "n=0", "-y").status == .ok)
            #expect(try await live.client.inspector.queue("mail").ready == 2)
            for words in [
                ["retry"], ["cancel", "a2", "--name", "x"], ["rm", "--state", "running"], ["promote", "--limit", "3"],
                ["cancel", "--queue", "mail", "--limit", "0"],
            ] {
                #expect(await live.run(words: ["job"] + words).status == .usage, "\(words)")
            }
        }
    }

    @Test("A search by name or tag says how far it looked")
    func search() async throws {
        try await LiveStint.with { live in
            for number in 10..<20 { try await live.enqueue("a\(number)", tags: ["n": "\(number)"]) }
            try await live.enqueue("b1", name: "etl.load")
            let run = await live.run("job", "ls", "--name", "etl.*", "--fields", "id")
            #expect(run.output == "b1\n")
            #expect(run.errors == "searched 11 of 11 (100 %), newest first; 1 found\n")
            let bounded = await live.run("job", "ls", "--tag", "n=10", "--scan-limit", "5", "--fields", "id")
            #expect(bounded.output.isEmpty)
            #expect(
                bounded.errors.hasPrefix(
                    "searched 5 of 11 (45 %), newest first; 0 found. Continue with --cursor ready@mail:"))
            #expect(await live.run("job", "ls", "--tag", "n").status == .usage)
        }
    }

    @Test("job show draws what happened to a job, and --json has it all")
    func show() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", payload: #"{"city": "Wuhan", "ids": [4217, 9007199254740993]}"#)
            try await live.kill(reason: "upstream 503")
            let run = await live.run("job", "show", "a1", forced: 100)
            let times = run.output.replacing(/\d\d:\d\d:\d\d\.\d{3}/, with: "TIME")
            #expect(
                times == """
                    job a1  mail.send  mail  ✗ dead  attempt 1/1
                    timeline
                     TIME  enqueued
                     TIME  attempt 1  ✗ error "upstream 503"
                     TIME  ✗ dead: upstream 503
                    retry    fixed(0s)
                    payload  {"city":"Wuhan","ids":[4217,9007199254740993]}

                    """)
            let document = try await live.json("job", "show", "a1")
            #expect(document[0]["state"] as? String == "dead")
            #expect((document[0]["failures"] as? [[String: Any]])?.first?["error"] as? String == "upstream 503")
            let missing = await live.run("job", "show", "nobody")
            #expect(missing.status == .notFound)
            #expect(
                missing.errors.hasPrefix("error: there is no job 'nobody'; jobs that completed or were cancelled are"))
        }
    }

    @Test("Jobs are cancelled, retried, promoted and deleted, and the exit code says what could not be done")
    func steer() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            try await live.enqueue("a2", delay: .seconds(3_600))
            #expect(await live.run("job", "promote", "a2").errors == "✓ a2 is ready\n")
            #expect(await live.run("job", "promote", "a2").status == .refusedByState)
            #expect(await live.run("job", "cancel", "a2", "--reason", "wrong customer").errors == "✓ a2 is cancelled\n")
            #expect(await live.run("job", "cancel", "a2").status == .notFound)
            try await live.kill()
            #expect(await live.run("job", "cancel", "a1").status == .refusedByState)
            #expect(
                await live.run("job", "retry", "a1", "--dry-run").errors
                    == "would retry a1: mail.send, dead in 'mail'\n")
            #expect(await live.run("job", "retry", "a1").errors == "✓ a1 is ready again\n")
            let again = await live.run("job", "retry", "a1")
            #expect(again.status == .refusedByState)
            #expect(again.errors.hasPrefix("error: cannot retry job a1: it is not dead"))
            let partly = await live.run("job", "cancel", "a1", "nobody")
            #expect(partly.status == .partlyDone)
            #expect(
                partly.errors == """
                    ✓ a1 is cancelled
                    error: 1 of 2 jobs left as they were
                      nobody: no such job

                    """)
        }
    }

    @Test("Deleting several jobs is asked about with their ids, one is deleted at once")
    func remove() async throws {
        try await LiveStint.with { live in
            for id in ["a1", "a2", "a3"] { try await live.enqueue(id) }
            #expect(await live.run("job", "rm", "a1").errors == "✓ a1 is deleted\n")
            let asked = await live.run("job", "rm", "a2", "a3")
            #expect(asked.status == .notConfirmed)
            #expect(asked.errors.contains("Delete 2 jobs: a2, a3?"))
            #expect(await live.run("job", "rm", "a2", "a3", "--yes").status == .ok)
            #expect(await live.run("job", "rm", "a2", "--yes").status == .notFound)
            #expect(try await live.client.inspector.queue("mail").ready == 0)
        }
    }

    @Test("Jobs that are others, or in another state, when the answer comes are left alone")
    func changedMeanwhile() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("order-7", bytes: [], keep: .seconds(60))
            try await live.work { _, _ in .completed }
            let removed = await live.run(
                "job", "rm", "--queue", "mail", "--state", "completed", input: "y\n", canAsk: true,
                meanwhile: [
                    ["job", "rm", "order-7"], ["enqueue", "mail.send", "{}", "--id", "order-7", "--queue", "mail"],
                ])
            #expect(removed.status == .refusedByState)
            #expect(
                removed.errors == """
                    Delete 1 job of 'mail'? [y/N] error: 1 job left as they were
                      1: changed meanwhile: another state, or another job, by now

                    """)
            #expect(try await live.client.inspector.queue("mail").ready == 1)
            try await live.enqueue("a1", queue: "video", delay: .seconds(3_600))
            let cancelled = await live.run(
                "job", "cancel", "--queue", "video", "--state", "delayed", input: "y\n", canAsk: true,
                meanwhile: [["job", "promote", "a1"]])
            #expect(cancelled.status == .refusedByState)
            #expect(cancelled.errors.contains("1: changed meanwhile"))
            #expect(try await live.client.inspector.queue("video").ready == 1)
        }
    }

    @Test("Logs are printed whole, from the tail, by attempt, and followed to the job's end")
    func logs() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", bytes: [], keep: .seconds(60))
            async let followed = live.run("job", "logs", "-f", "a1")
            try await live.work { _, context in
                for line in ["one", "two\u{1B}[2J", "three"] { context.log(line) }
                return .completed
            }
            let run = await followed
            #expect(run.status == .ok)
            #expect(run.output == "one\ntwo\\u{1b}[2J\nthree\n")
            #expect(run.errors == "job a1 has ended: completed\n")
            #expect(await live.run("job", "logs", "a1", "--tail", "1").output == "three\n")
            #expect(await live.run("job", "logs", "a1", "--attempt", "2").output.isEmpty)
            #expect(await live.run("job", "show", "a1", "--log").lines.count == 3)
            let lines = try await live.json("job", "logs", "a1", "--attempt", "1")
            #expect(lines.map { $0["text"] as? String } == ["one", "two\u{1B}[2J", "three"])
        }
    }
}
