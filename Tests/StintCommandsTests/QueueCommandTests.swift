// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintTesting
import Testing

@Suite struct QueueCommandTests {
    private func fill(_ live: LiveStint) async throws {
        try await live.enqueue("a1")
        try await live.enqueue("a2")
        try await live.enqueue("a3", delay: .seconds(3_600))
        try await live.enqueue("v1", queue: "video")
        try await live.kill(queue: "video")
        try await live.client.queue("video").pause(for: nil, reason: "disk full", by: "li@n2")
    }

    @Test("queue ls is a table for people, with who paused a queue and which queue nobody serves")
    func table() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run("queue", "ls", forced: 120)
            #expect(
                run.timeless.replacing(/paused( now| +T ago)/, with: "paused AGO") == """
                    QUEUE  READY  OLDEST  RUN/SLOTS  DELAYED  DEAD  NOTE
                    mail       2       T        0/0        1     0  ✗ no worker serves it
                    video      0       –        0/0        0     1  ‖ paused AGO by li@n2: "disk full"  ✗ no worker serves it

                    """)
            #expect(run.errors.isEmpty)
            #expect(run.status == .ok)
        }
    }

    @Test("Into a pipe queue ls has tabs and numbers, and --json has everything")
    func programs() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run("queue", "ls", "--fields", "queue,ready,delayed,dead")
            #expect(run.output == "mail\t2\t1\t0\nvideo\t0\t0\t1\n")
            let all = await live.run("queue", "ls")
            let lines = all.lines.map { line in
                line.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, with: "TIME").split(
                    separator: "\t", omittingEmptySubsequences: false)
            }
            #expect(lines.map(\.count) == [7, 7])
            #expect(lines[0][1] == "2" && Double(lines[0][2]) != nil && lines[0][3...] == ["0", "1", "0", "no worker"])
            #expect(
                lines[1] == [
                    "video", "0", "", "0", "0", "1", "paused since TIME by li@n2: disk full; no worker",
                ])
            let rows = try await live.json("queues", "list", "--sort", "name")
            #expect(rows.map { $0["queue"] as? String } == ["mail", "video"])
            #expect(rows[0]["ready"] as? Int == 2)
            #expect(rows[0]["paused"] is NSNull)
            #expect((rows[1]["paused"] as? [String: Any])?["reason"] as? String == "disk full")
            #expect(rows[0]["served"] as? Bool == false)
            #expect(rows[0]["done_per_s"] == nil)
        }
    }

    @Test("-vv tells of each Redis command with its time, and of no payload; -v and no flag do not")
    func trace() async throws {
        try await LiveStint.with { live in
            let run = await live.run("enqueue", "mail.send", #"{"card":"4111"}"#, "--queue", "mail", "-vv")
            #expect(run.status == .ok)
            let lines = run.errors.split(separator: "\n").filter { $0.contains("Redis command") }
            #expect(
                lines.contains { $0.contains(/redis\.command=enqueue redis\.key=\S+ redis\.ms=\d+\.\d{3}/) }, "\(lines)"
            )
            #expect(!run.errors.contains("4111"))
            #expect(!(await live.run("queue", "ls", "-v").errors.contains("Redis command")))
            #expect(await live.run("queue", "ls").errors.isEmpty)
        }
    }

    @Test("--watch has rates from the second look on, and ends with its reader")
    func watch() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            let run = await live.run("queue", "ls", "--watch", "--interval", "100ms", sink: MemorySink(closesAfter: 3))
            #expect(run.status == .ok)
            #expect(run.lines.count == 3)
            #expect(run.lines.first?.contains(#""done_per_s":null"#) == true)
            #expect(run.lines.last?.contains(#""done_per_s":0"#) == true)
        }
    }

    @Test("Queues are sorted by the rate at which jobs end, which takes --watch")
    func rate() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", queue: "aa")
            try await live.enqueue("m1")
            let sink = MemorySink()
            let task = Task { await live.run("queue", "ls", "--watch", "--sort", "rate", sink: sink) }
            #expect(try await live.stint.eventually { !sink.text.isEmpty })
            try await live.work { _, _ in .completed }
            let isFirst = try await live.stint.eventually {
                let lines = sink.text.split(separator: "\n")
                return lines.indices.dropLast().contains { index in
                    lines[index].contains(#""queue":"mail""#) && lines[index + 1].contains(#""queue":"aa""#)
                        && lines[index].contains(/"done_per_s":(0\.0*[1-9]|[1-9])/)
                }
            }
            #expect(isFirst)
            task.cancel()
            _ = await task.value
            #expect(await live.run("queue", "ls", "--sort", "rate").status == .usage)
        }
    }

    @Test("Ctrl-C ends a watch with 130")
    func interrupted() async throws {
        try await LiveStint.with { live in
            let sink = MemorySink()
            try await live.enqueue("a1")
            let task = Task { await live.run("queue", "ls", "--watch", sink: sink) }
            #expect(try await live.stint.eventually { !sink.text.isEmpty })
            task.cancel()
            #expect(await task.value.status == .interrupted)
        }
    }

    @Test("queue show has all that is known, in words, with tabs and as a document")
    func show() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let people = await live.run("queue", "show", "mail", forced: 120)
            #expect(people.output.contains("state            ✗ no worker serves it\n"))
            #expect(people.output.contains("ready            2  (normal 2)\n"))
            let pipe = await live.run("queue", "show", "mail").lines
            #expect(pipe.contains("delayed\t1") && pipe.contains("ready\t2") && pipe.contains("paused\t"))
            #expect(await live.run("queue", "show", "video").output.contains("\npaused\tpaused since 20"))
            let document = try await live.json("queue", "show", "mail")
            #expect(document.count == 1)
            #expect((document[0]["totals"] as? [String: Any])?["enqueued"] as? Int == 3)
            let unknown = await live.run("queue", "show", "mial")
            #expect(unknown.status == .notFound)
            #expect(unknown.errors.hasPrefix("error: there is no queue 'mial'. Did you mean 'mail'?\n"))
        }
    }

    @Test("At 80 columns a watched list cuts what is said in words, not the names")
    func narrow() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", queue: "notifications")
            let long = "notifications.for.all.customers"
            try await live.enqueue("b1", queue: long)
            try await live.client.queue(long).pause(for: nil, reason: "disk full", by: "li@n2")
            let sink = MemorySink(closesAfter: 1)
            let run = await live.run("queue", "ls", "--watch", forced: 80, sink: sink)
            #expect(run.lines.contains { $0.hasPrefix("notifications  ") }, "\(run.output)")
            #expect(run.lines.contains { $0.hasPrefix(long + "  ") }, "\(run.output)")
            let once = await live.run("queue", "ls", forced: 80)
            #expect(once.lines.last?.hasPrefix(long) == true)
            #expect(once.lines.last?.hasSuffix("…") == true)
        }
    }

    @Test("--utc prints whole times, also in what is said of a pause")
    func utc() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run("queue", "ls", "--utc", forced: 160)
            #expect(run.output.contains(/paused 20\d\d-\d\d-\d\dT.*Z by li@n2/), "\(run.output)")
            #expect(await live.run("queue", "show", "video", "--utc", forced: 160).output.contains(/paused 20\d\d-/))
        }
    }

    @Test("Pause and resume say what they did, and all queues are asked about with their number")
    func pause() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let run = await live.run("queue", "pause", "mail", "--for", "10m", "--reason", "relay is down")
            #expect(run.errors == "✓ paused 'mail' for 10m: relay is down\n")
            let pause = try #require(try await live.client.inspector.queue("mail").pause)
            #expect(pause.by.hasPrefix("wang@"))
            #expect(pause.until != nil)
            #expect(await live.run("queue", "resume", "mail").errors == "✓ resumed 'mail'\n")
            #expect(await live.run("queue", "resume", "mail").errors == "'mail' is not paused\n")
            let all = await live.run("queue", "pause", "--all", input: "n\n", canAsk: true)
            #expect(all.status == .notConfirmed)
            #expect(all.errors.hasPrefix("Pause all 2 queues? [y/N] "))
            #expect(await live.run("queue", "pause", "--all", "--dry-run").errors == "would pause 2 queues\n")
            #expect(await live.run("queue", "resume", "--all", "--yes").errors == "✓ resumed 'video'\n")
            #expect(await live.run("queue", "pause", "mail", "--all").status == .usage)
            #expect(await live.run("queue", "pause").status == .usage)
        }
    }

    @Test("--json says of each queue what was done, and why nothing was")
    func changes() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            let paused = await live.run("queue", "pause", "mail", "--for", "10m", "--json")
            #expect(paused.output == #"{"queue":"mail","done":true,"reason":null,"for_s":600}"# + "\n")
            let dry = await live.run("queue", "pause", "--all", "-n", "--json")
            #expect(
                dry.lines
                    == ["mail", "video"].map {
                        #"{"queue":"\#($0)","done":false,"reason":"dry run","for_s":null}"#
                    })
            #expect(
                await live.run("queue", "resume", "mail", "--json").output
                    == #"{"queue":"mail","done":true,"reason":null}"# + "\n")
            #expect(
                await live.run("queue", "resume", "mail", "--json").output
                    == #"{"queue":"mail","done":false,"reason":"it is not paused"}"# + "\n")
            #expect(
                await live.run("queue", "limit", "mail", "9", "--json").output
                    == #"{"queue":"mail","done":true,"reason":null,"depth_limit":9,"depth_limit_before":null}"# + "\n")
            let late = await live.run("queue", "drain", "mail", "--timeout", "1ms", "--json")
            #expect(late.status == .timedOut)
            #expect(
                late.output.replacing(/"after_s":[0-9.]+/, with: "T")
                    == #"{"queue":"mail","done":false,"reason":"timeout",T,"ready":2,"delayed":1,"running":0}"# + "\n")
            #expect(
                await live.run("queue", "clear", "mail", "-n", "--json").output
                    == #"{"queue":"mail","done":false,"reason":"dry run","matched":3,"deleted":0}"# + "\n")
            #expect(
                await live.run("queue", "clear", "mail", "-y", "--json").output
                    == #"{"queue":"mail","done":true,"reason":null,"matched":3,"deleted":3}"# + "\n")
        }
    }

    @Test("Clearing asks with the exact number and deletes what it said")
    func clear() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            #expect(
                await live.run("queue", "clear", "mail", "-n").errors
                    == "would delete 3 jobs of 'mail' (2 ready, 1 delayed)\n")
            let pipe = await live.run("queue", "clear", "mail")
            #expect(pipe.status == .notConfirmed)
            #expect(pipe.errors.contains("Delete 3 jobs of 'mail' (2 ready, 1 delayed)?"))
            let one = await live.run("queue", "clear", "mail", "--state", "delayed", input: "y\n", canAsk: true)
            #expect(one.errors == "Delete 1 job of 'mail' (1 delayed)? [y/N] ✓ deleted 1 job of 'mail'\n")
            #expect(await live.run("queue", "clear", "mail", "--yes").errors == "✓ deleted 2 jobs of 'mail'\n")
            #expect(
                await live.run("queue", "clear", "mail", "--yes").errors
                    == "nothing to delete: 'mail' has no ready or delayed job\n")
            #expect(await live.run("queue", "clear", "video", "--state", "dead,kept", "-y").status == .ok)
            #expect(try await live.client.inspector.queue("video").dead == 0)
            #expect(await live.run("queue", "clear", "video", "--state", "running").status == .usage)
        }
    }

    @Test("A depth limit refuses further jobs until it is taken away")
    func limit() async throws {
        try await LiveStint.with { live in
            try await fill(live)
            #expect(await live.run("queue", "limit", "mail", "3").errors == "✓ 'mail': at most 3 jobs may wait\n")
            await #expect(throws: StintError.self) { try await live.enqueue("a4") }
            #expect(await live.run("queue", "limit", "mail", "none").status == .ok)
            try await live.enqueue("a4")
            #expect(await live.run("queue", "limit", "mail", "many").status == .usage)
        }
    }

    @Test("Draining waits until nothing waits or runs, and gives up in time")
    func drain() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            let late = await live.run("queue", "drain", "mail", "--timeout", "100ms")
            #expect(late.status == .timedOut)
            #expect(late.errors.contains("warning: no worker serves 'mail'"))
            #expect(late.errors.contains("error: 'mail' is not empty after 100ms: 1 ready"))
            async let run = live.run("queue", "drain", "mail", "--timeout", "30s")
            try await live.work { _, _ in .completed }
            let done = await run
            #expect(done.status == .ok)
            #expect(done.errors.contains("✓ 'mail' is empty after "))
        }
    }
}
