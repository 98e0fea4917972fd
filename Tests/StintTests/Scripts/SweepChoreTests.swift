// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct SweepChoreTests {
    @Test("Due jobs become ready in the order they were due, none of them early")
    func promote() async throws {
        try await ScriptBench.with { bench in
            for (id, priority) in [("a", JobPriority.normal), ("b", .normal), ("c", .high), ("later", .normal)] {
                try await bench.enqueue(
                    TestJob(id) {
                        $0.due = .after(60_000)
                        $0.priority = priority
                    })
            }
            let now = try await bench.now()
            for (id, due) in [("b", now - 20), ("a", now - 10), ("c", now - 5)] {
                try await bench.setTime(id, due)
                try await bench.redis("ZADD", bench.keys.delayed, "\(due)", id)
            }
            let reply = try await bench.sweep()
            #expect(reply.hasPrefix("[1, 1, ") && reply.hasSuffix(", 0, 0, [], 0, 0, 3, []]"))
            let view = try await bench.snapshot()
            #expect(view.ready == [[], ["c"], ["b", "a"], []])
            #expect(Array(view.delayed.keys) == ["later"])
            #expect(try view.record("a").atMilliseconds >= now)
        }
    }

    @Test("A record that is cut off keeps no other job from becoming ready")
    func cutOff() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") { $0.due = .after(60_000) }, TestJob("b") { $0.due = .after(60_000) })
            let due = try await bench.now() - 10
            for id in ["a", "b"] {
                try await bench.setTime(id, due)
                try await bench.redis("ZADD", bench.keys.delayed, "\(due)", id)
            }
            try await bench.redis("HSET", bench.keys.jobs, "a", "\u{1}d8xx")
            try await bench.sweep()
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["b"])
            #expect(view.delayed == [:])
            try await bench.redis("HDEL", bench.keys.jobs, "a")
        }
    }

    @Test("A job is never ready before the millisecond it is due")
    func neverEarly() async throws {
        try await ScriptBench.with { bench in
            let due = try await bench.now() + 40
            try await bench.enqueue(TestJob("a") { $0.due = .at(due) })
            while try await bench.snapshot().ready[2].isEmpty { try await bench.sweep() }
            #expect(try await bench.now() >= due)
            #expect(try await bench.snapshot().record("a").atMilliseconds >= due)
        }
    }

    @Test("Two hundred due jobs are promoted in a call, and it says that there are more")
    func bound() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<300).map { index in TestJob("job\(index)") { $0.due = .after(1) } }
            let call = Scripts.enqueue(
                bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: try bench.entries(jobs))
            try await bench.run(call)
            let enqueued = try await bench.now()
            while try await bench.now() <= enqueued + 1 {}
            #expect(try await bench.sweep() == "[1, 1, 0, 1, 0, [], 0, 0, 200, []]")
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 0, 0, 100, []]")
        }
    }

    @Test("An entry of `delayed` that its record contradicts is dropped")
    func contradicted() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.redis("ZADD", bench.keys.delayed, "5", "a", "6", "gone")
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 0, 0, 0, []]")
            #expect(try await bench.snapshot().ready[2] == ["a"])
        }
    }

    @Test("A list of nothing but tombstones is emptied, also while paused, in bounded calls")
    func tombstones() async throws {
        try await ScriptBench.with { bench in
            for batch in 0..<2 {
                let jobs = (0..<350).map { TestJob("job\(batch)-\($0)") }
                try await bench.run(
                    Scripts.enqueue(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(jobs)))
                try await bench.run(
                    Scripts.cancel(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(), who: "me", states: "", seenMs: 0,
                        ids: jobs.map { Array($0.id.utf8) }))
            }
            try await bench.run(Scripts.pause(bench.keys, forMs: 0, who: "me", reason: ""))
            #expect(try await bench.snapshot().tombs == [0, 0, 700, 0])
            #expect(try await bench.sweep() == "[1, 0, -1, 1, -1, [], 0, 0, 0, []]")
            #expect(try await bench.snapshot().tombs == [0, 0, 200, 0])
            try await bench.assertConsistent()
            #expect(try await bench.sweep() == "[1, 0, -1, 0, -1, [], 0, 0, 0, []]")
            #expect(try await bench.snapshot().ready[2] == [])
        }
    }

    @Test("A count of tombstones that is too high is mended: it never hides a live job")
    func mended() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"), TestJob("d") { $0.priority = .low })
            try await bench.cancel("a", "c")
            try await bench.redis("HSET", bench.keys.meta, "tomb:2", "9", "tomb:3", "1", "tomb:0", "4")
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 0, 0, 0, []]")
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["b", "c"])
            #expect(view.tombs == [0, 0, 1, 0])
        }
    }

    @Test("A pause that has run out is taken back; one that has not is told")
    func pause() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.run(Scripts.pause(bench.keys, forMs: 60_000, who: "me", reason: "deploy"))
            let reply = try await bench.sweep()
            let pause = try #require(Int(reply.split(separator: ", ")[4]))
            #expect((1...60_000).contains(pause))
            try await bench.wasLookedAfter()
            try await bench.redis("HSET", bench.keys.meta, "paused_until", "5")
            #expect(try await bench.sweep() == "[1, 1, -1, 0, 0, [], 0, 0, 0, []]")
            #expect(try await bench.snapshot().meta.keys.filter { $0.hasPrefix("paused") } == [])
        }
    }

    @Test("A node is told which of its jobs are to be cancelled, and only of its own")
    func cancelling() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"))
            _ = try await bench.claim(1, node: "node01")
            _ = try await bench.claim(1, node: "node02")
            try await bench.cancel("a", "b")
            try await bench.redis("HSET", bench.keys.cancelling, "gone", "1 me")
            #expect(try await bench.sweep(node: "node01") == "[1, 0, -1, 0, 0, [a], 0, 0, 0, []]")
            #expect(try await bench.sweep(node: "node02") == "[1, 0, -1, 0, 0, [b], 0, 0, 0, []]")
        }
    }

    @Test("A queue of a later schema is left alone")
    func schema() async throws {
        try await ScriptBench.with { bench in
            try await bench.redis("HSET", bench.keys.meta, "schema", "2")
            let before = try await bench.snapshot()
            #expect(try await bench.sweep() == "[-2, 2]")
            #expect(try await bench.snapshot() == before)
        }
    }
}
