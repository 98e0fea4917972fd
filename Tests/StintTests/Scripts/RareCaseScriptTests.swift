// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

/// Cases that the other tests of scripts do not meet: `scripts/lua-branches` would name them.
@Suite struct RareCaseScriptTests {
    @Test("A job that is replaced while it waits for another attempt has neither progress nor errors")
    func replacedRetry() async throws {
        try await ScriptBench.with { bench in
            let job = TestJob("a") { $0.unique = .key("k") }
            let claim = try await bench.running(job)
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            try await bench.fail((claim, action: "r", delay: 60_000, kind: "e", text: "x"))
            #expect(
                try await bench.enqueue(TestJob("b") { $0.unique = .key("k", onConflict: .replace) }) == "[1, p, [a]]")
            let view = try await bench.snapshot()
            #expect(view.texts(bench.keys.progress) == [:])
            #expect(view.errors("a") == [])
            #expect(try view.record("a").attempt == 0)
        }
    }

    @Test("A delay that is no number delays a failed job by nothing, and puts one handed back to the front")
    func noDelay() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"))
            let claims = try await bench.claim(2)
            let failure = ["a", claims[0].member, "r", "soon", "e", "x"].map { Array($0.utf8) }
            try await bench.run(
                Scripts.fail(
                    bench.keys, lane: bench.lane, number: bench.nextNumber(), maxCrashes: 3, failures: failure))
            let handed = ["b", claims[1].member, "soon", "1"].map { Array($0.utf8) }
            try await bench.run(
                Scripts.release(bench.keys, lane: bench.lane, number: bench.nextNumber(), handed: handed))
            let view = try await bench.snapshot()
            #expect(try view.delayed == ["a": view.record("a").atMilliseconds])
            #expect(view.ready[2] == ["b"])
        }
    }

    @Test("Failures on a queue of a later schema are refused, and it stays as it is")
    func laterSchema() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.redis("HSET", bench.keys.meta, "schema", "2")
            let before = try await bench.snapshot().snapshot
            #expect(try await bench.fail((claim, action: "r", delay: 0, kind: "e", text: "x")) == "[-2, 2]")
            #expect(try await bench.snapshot().snapshot == before)
            try await bench.redis("HSET", bench.keys.meta, "schema", "1")
        }
    }

    @Test("The first sweep of a queue that nobody used marks it")
    func firstSweep() async throws {
        try await ScriptBench.with { bench in
            let reply = try await bench.sweep()
            let view = try await bench.snapshot()
            #expect(reply == "[1, 0, -1, 0, 0, [], 0, 0, 0, []]")
            #expect(view.meta["schema"] == "1")
        }
    }

    @Test("A call without jobs adds none and is answered")
    func noJobs() async throws {
        try await ScriptBench.with { bench in
            for _ in 0..<2 {
                let call = Scripts.enqueue(bench.keys, lane: bench.lane, number: 1)
                let reply = try await bench.run(call)
                #expect(reply.line == "[1, , []]")
            }
        }
    }

    @Test("A reason that does not fit into the record is left out, and the job is dead all the same")
    func longReason() async throws {
        try await ScriptBench.with { bench in
            let trace = Dictionary(
                uniqueKeysWithValues: (0..<64).map { ("key\($0)", String(repeating: "t", count: 1_000)) })
            let claim = try await bench.running(TestJob("a") { $0.traceContext = trace })
            let text = String(repeating: "e", count: 3_000)
            #expect(try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: text)) == "[1, d]")
            let record = try await bench.snapshot().record("a")
            #expect(record.state == .dead)
            #expect(record.reason == nil)
            #expect(record.traceContext == trace)
        }
    }

    @Test("More dead jobs than a call drops are told, and dropped by the next; a look without a hold is none")
    func manyDead() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<130).map { TestJob("job\($0)") }
            try await bench.run(
                Scripts.enqueue(bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(jobs)))
            for claim in try await bench.claim(130) {
                try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            }
            try await bench.wasLookedAfter()
            try await bench.redis("HDEL", bench.keys.meta, "hold")
            let trim = Scripts.trim(bench.keys, deadAgeMs: 86_400_000, deadCount: 0)
            #expect(try await bench.run(trim).line == "[1, 100, 1]")
            #expect(try await bench.run(trim).line == "[1, 30, 0]")
        }
    }
}
