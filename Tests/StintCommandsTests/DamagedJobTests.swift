// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@testable import StintCommands

/// What the commands say of a job whose record is damaged, and that they can get rid of it.
@Suite struct DamagedJobTests {
    @Test("A damaged record is named as one, and can be deleted")
    func damagedRecord() async throws {
        try await LiveStint.with { live in
            for id in ["a1", "b1"] { try await live.enqueue(id, delay: .seconds(3_600)) }
            _ = try await live.client.core.send(RedisCommand("HSET", "{stint:mail}:jobs", "a1", "\u{1}d8"))
            let shown = await live.run("job", "show", "a1")
            #expect(shown.status == .failed)
            #expect(
                shown.errors.contains("The job's record in Redis is damaged: ") && shown.errors.contains("job rm a1"))
            let cancelled = await live.run("job", "cancel", "a1")
            #expect(cancelled.status == .failed && cancelled.errors.contains("its record is damaged"))
            let dry = await live.run("job", "rm", "a1", "--dry-run")
            #expect(dry.status == .ok && dry.errors.contains("would delete a1: a damaged record in 'mail'"))
            let removed = await live.run("job", "rm", "a1")
            #expect(removed.status == .ok, "\(removed.errors)")
            let id = try JobID("a1")
            #expect(try await live.client.inspector.job(id) == nil)
            #expect(try await live.client.inspector.queue("mail").delayed == 1)
        }
    }

    @Test("A dead job whose payload is gone is not retried, and says so")
    func payloadGone() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", payload: "\"" + String(repeating: "A", count: 600) + "\"")
            _ = try await live.client.core.send(RedisCommand("DEL", "{stint:mail}:big"))
            var options = WorkerOptions()
            options.stopsWhenEmpty = true
            try await Worker(live.client, queues: [.init("mail")], options: options) {
                Handle(raw: "*") { _, _ in
                    Issue.record("it ran")
                    return .completed
                }
            }.run()
            let part = await live.run("job", "show", "a1", "--payload")
            #expect(part.status == .failed && part.output.isEmpty && part.errors.contains("is gone from Redis"))
            let shown = await live.run("job", "show", "a1", "--json")
            #expect(shown.output.contains("\"payload_gone\":true"))
            #expect(shown.output.contains("its payload is gone from Redis"), "\(shown.output)")
            let retried = await live.run("dead", "retry", "a1")
            #expect(retried.status == .refusedByState && retried.errors.contains("its payload is gone from Redis"))
        }
    }

    @Test("A key of another kind is named as such, and not as a defect of Stint")
    func wrongType() async throws {
        try await LiveStint.with { live in
            _ = try await live.client.core.send(RedisCommand("SET", "{stint:mail}:dead", "x"))
            _ = try await live.client.core.send(RedisCommand("SADD", "{stint}:queues", "mail"))
            let run = await live.run("queue", "show", "mail")
            #expect(run.status == .failed)
            #expect(run.errors.contains("met a key of another kind in Redis") && run.errors.contains("stint doctor"))
            #expect(!run.errors.contains("defect"))
            try await live.enqueue("a2", queue: "other")
            for command in [["queue", "ls"], ["job", "ls"], ["stats"]] {
                let list = await live.run(words: command)
                #expect(list.status == .ok && list.errors.contains("the queue 'mail' is left out"), "\(list.errors)")
            }
            #expect(await live.run("queue", "ls").lines.count == 1)
            #expect(await live.run("job", "ls").output.contains("a2"))
        }
    }

    @Test("A dry run on a job that is not there ends as the real one would")
    func dryRunOnNothing() async throws {
        try await LiveStint.with { live in
            let run = await live.run("job", "rm", "nobody", "--dry-run")
            #expect(run.status == .notFound && run.errors.contains("there is no job 'nobody'"))
        }
    }
}
