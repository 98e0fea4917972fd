// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintCommands
import StintTesting
import Testing

@Suite struct DeadCommandTests {
    private func fill(_ live: LiveStint) async throws {
        for id in ["a1", "a2"] { try await live.enqueue(id) }
        try await live.enqueue("a3", name: "etl.load")
        try await live.enqueue("v1", queue: "video")
        try await live.kill()
        try await live.kill(queue: "video", reason: "timeout after 60 s")
    }

    @Test("dead ls shows what gave up, when, after how many attempts and why")
    func list() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run("dead", "ls", "--sort", "old", forced: 120)
            #expect(run.lines.first?.contains("DIED") == true)
            let fields = "id,name,queue,attempt,reason"
            #expect(
                await live.run("dead", "ls", "--sort", "old", "--fields", fields, forced: 120).output == """
                    ID  NAME       QUEUE  ATTEMPT  ERROR
                    a1  mail.send  mail       1/1  550 no such user
                    a2  mail.send  mail       1/1  550 no such user
                    a3  etl.load   mail       1/1  550 no such user
                    v1  mail.send  video      1/1  timeout after 60 s

                    """)
            #expect(
                await live.run("dead", "ls", "--queue", "video", "--fields", "id,reason").output
                    == "v1\ttimeout after 60 s\n")
            #expect(await live.run("dead", "ls", "--name", "etl.load", "--fields", "id").output == "a3\n")
            #expect(try await live.json("dead", "ls").count == 4)
        }
    }

    @Test("Dead jobs are retried by id, by name, by queue and all, each with the exact number")
    func retry() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            #expect(await live.run("dead", "retry").status == .usage)
            #expect(
                await live.run("dead", "retry", "--name", "mail.*", "-n").errors
                    == "would retry 3 jobs of all queues named 'mail.*'\n")
            let asked = await live.run("dead", "retry", "--queue", "mail", input: "n\n", canAsk: true)
            #expect(asked.errors.hasPrefix("Retry 3 jobs of 'mail'? [y/N] "))
            #expect(asked.status == .notConfirmed)
            #expect(await live.run("dead", "retry", "a1").errors == "✓ a1 is ready again\n")
            #expect(await live.run("dead", "retry", "a1").status == .refusedByState)
            #expect(
                await live.run("dead", "retry", "--queue", "mail", "--name", "etl.load", "--yes").errors
                    == "✓ 1 job ready again, with all their attempts\n")
            #expect(
                await live.run("dead", "retry", "--all", "--yes").errors
                    == "✓ 2 jobs ready again, with all their attempts\n")
            #expect(await live.run("dead", "retry", "--all", "--yes").errors == "no dead job of all queues\n")
            #expect(try await live.client.inspector.queue("mail").ready == 3)
        }
    }

    @Test("A retry that ends half way says what it has done")
    func halfWay() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            try await live.redis("HSET", "{stint:video}:meta", "schema", "99")
            let run = await live.run("dead", "retry", "--all", "--yes", "--json")
            #expect(run.status == .partlyDone, "\(run.errors)")
            #expect(run.output.contains(#""queue":"mail","done":true"#), "\(run.output)")
            #expect(run.output.contains(#""queue":"video","done":false"#), "\(run.output)")
            #expect(run.errors.contains("only 3 jobs ready again, with all their attempts, then: "))
        }
    }

    @Test("Tags and a limit narrow what is retried, and --json says it of each queue or id")
    func selectors() async throws {
        try await LiveStint.with { live in
            for id in ["a1", "a2", "a3"] { try await live.enqueue(id, tags: ["n": "1"]) }
            try await live.enqueue("a4")
            try await live.kill()
            let run = await live.run("dead", "retry", "--tag", "n=1", "--limit", "2", "--yes", "--json")
            #expect(
                run.output == #"{"queue":"mail","done":true,"reason":null,"matched":2,"changed":2,"reasons":{}}"# + "\n"
            )
            let ids = await live.run("dead", "purge", "a4", "a1", "nobody", "--yes", "--json")
            #expect(ids.status == .partlyDone)
            #expect(
                ids.lines == [
                    #"{"id":"a4","queue":"mail","done":true,"reason":null,"note":"is deleted"}"#,
                    #"{"id":"a1","queue":"mail","done":false,"reason":"it is not dead (delete it with: stint job rm)","#
                        + #""note":null}"#,
                    #"{"id":"nobody","queue":null,"done":false,"reason":"no such job","note":null}"#,
                ])
            #expect(await live.run("dead", "retry", "--limit", "2").status == .usage)
            #expect(await live.run("dead", "retry", "--all", "--tag", "n=1").status == .usage)
        }
    }

    @Test("A retry that a taken key refuses is told, and the others are done")
    func keyTaken() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", unique: .key("k"))
            try await live.enqueue("a2")
            try await live.kill()
            try await live.enqueue("a3", unique: .key("k"))
            let run = await live.run("dead", "retry", "--all", "--yes")
            #expect(run.status == .partlyDone)
            #expect(
                run.errors == """
                    ✓ 1 job ready again, with all their attempts
                    error: 1 job left as they were
                      1: another job holds its unique key now

                    """)
        }
    }

    @Test("More than one slice of dead jobs is retried")
    func slices() async throws {
        try await LiveStint.with { live in
            let jobs = (0..<450).map {
                RawJob(name: "n", options: JobOptions(queue: "mail", id: JobID(unchecked: "j\($0)")))
            }
            _ = try await live.client.enqueue(contentsOf: jobs)
            try await live.kill()
            #expect(
                await live.run("dead", "retry", "--queue", "mail", "-y").errors
                    == "✓ 450 jobs ready again, with all their attempts\n")
            #expect(try await live.client.inspector.queue("mail").ready == 450)
        }
    }

    @Test("Purging everything needs the namespace, a queue needs a yes, an id that is not dead is left alone")
    func purge() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let all = await live.run("dead", "purge", "--all", "--yes")
            #expect(all.status == .notConfirmed)
            #expect(all.errors.contains("this needs a confirmation: Delete 4 jobs of all queues?"))
            #expect(all.errors.contains("--confirm stint"))
            let wrong = await live.run("dead", "purge", "--all", input: "mail\n", canAsk: true)
            #expect(wrong.errors.hasPrefix("Delete 4 jobs of all queues? Type 'stint' to confirm: "))
            #expect(wrong.status == .notConfirmed)
            #expect(await live.run("dead", "purge", "a1").errors == "✓ a1 is deleted\n")
            try await live.enqueue("a4")
            #expect(await live.run("dead", "purge", "a4").status == .refusedByState)
            #expect(await live.run("dead", "purge", "--queue", "mail", "--yes").errors == "✓ 2 jobs deleted\n")
            #expect(await live.run("dead", "purge", "--all", "--confirm", "stint").errors == "✓ 1 job deleted\n")
            #expect(try await live.client.inspector.queue("mail").ready == 1)
        }
    }

    @Test("What is retried while purge asks is not deleted")
    func retriedMeanwhile() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run(
                "dead", "purge", "--queue", "mail", input: "y\n", canAsk: true,
                meanwhile: [["dead", "retry", "--queue", "mail", "--name", "mail.*", "--yes"]])
            #expect(run.status == .partlyDone)
            #expect(
                run.errors == """
                    Delete 3 jobs of 'mail'? [y/N] ✓ 1 job deleted
                    error: 2 jobs left as they were
                      2: changed meanwhile: another state, or another job, by now

                    """)
            #expect(try await live.client.inspector.queue("mail").ready == 2)
            let all = await live.run(
                "dead", "purge", "v1", "a1", input: "y\n", canAsk: true,
                meanwhile: [["dead", "retry", "v1"]])
            #expect(all.errors.contains("v1: it is not dead"))
            #expect(try await live.client.inspector.queue("video").ready == 1)
        }
    }
}
