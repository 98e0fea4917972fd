// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct EnqueueScriptTests {
    @Test("A new job is ready at once, and everything about it is written once")
    func ready() async throws {
        try await ScriptBench.with { bench in
            let before = try await bench.now()
            #expect(try await bench.enqueue(TestJob("a"), TestJob("b") { $0.priority = .urgent }) == "[1, nn, []]")
            let after = try await bench.now()
            let view = try await bench.snapshot()
            #expect(view.names == ["jobs", "meta", "ready:0", "ready:2", "wake"])
            #expect(view.ready == [["b"], [], ["a"], []])
            #expect(view.meta == ["schema": "1", "enqueued": "2"])
            let record = try view.record("a")
            #expect(record.state == .ready)
            #expect((before...after).contains(record.enqueuedMilliseconds))
            #expect(record.atMilliseconds == record.enqueuedMilliseconds)
            #expect(record.payload == Array("payload of a".utf8))
            #expect([record.attempt, record.crashes, record.returns] == [0, 0, 0])
            #expect(view.snapshot.keys[bench.lane] == .string(Array("1:nn ".utf8)))
        }
    }

    @Test("A relative due time counts from acceptance, an absolute one stands, one that has passed is ready")
    func due() async throws {
        try await ScriptBench.with { bench in
            let far = try await bench.now() + 3_600_000
            let reply = try await bench.enqueue(
                TestJob("relative") { $0.due = .after(5_000) }, TestJob("absolute") { $0.due = .at(far) },
                TestJob("past") { $0.due = .at(1_000) })
            #expect(reply == "[1, nnn, []]")
            let view = try await bench.snapshot()
            let relative = try view.record("relative")
            // The moment of acceptance lies within a millisecond, and nothing begins early.
            #expect((5_000...5_001).contains(relative.atMilliseconds - relative.enqueuedMilliseconds))
            #expect(try view.record("absolute").atMilliseconds == far)
            #expect(try !view.record("absolute").flags.contains(.absoluteDue))
            #expect(view.delayed == ["relative": relative.atMilliseconds, "absolute": far])
            #expect(view.ready[2] == ["past"])
        }
    }

    @Test("A delayed job wakes a worker only if it is the earliest")
    func wake() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.due = .after(50_000) })
            #expect(try await bench.snapshot().isAwake)
            try await bench.redis("DEL", bench.keys.wake)
            try await bench.enqueue(TestJob("b") { $0.due = .after(60_000) })
            #expect(try await !bench.snapshot().isAwake)
            try await bench.enqueue(TestJob("c") { $0.due = .after(10_000) })
            #expect(try await bench.snapshot().isAwake)
        }
    }

    @Test("An expiry becomes an instant")
    func expiry() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.expiresAfterMilliseconds = 7_000 })
            let record = try await bench.snapshot().record("a")
            #expect(record.expiresMilliseconds == record.enqueuedMilliseconds + 7_000)
        }
    }

    @Test("A repeated call replies the same and adds nothing, even when the job is long gone")
    func again() async throws {
        try await ScriptBench.with { bench in
            let jobs = [TestJob("a"), TestJob("b") { $0.unique = .key("k", onConflict: .existing) }]
            try await bench.enqueue(jobs[1])
            let reply = try await bench.enqueue(jobs[0], TestJob("c") { $0.unique = jobs[1].content.unique })
            #expect(reply == "[1, ne, [b]]")
            let claims = try await bench.claim(2)
            _ = try await bench.advance(0, finished: claims.map { ($0, "") })
            let lane = bench.keys.lane("other")
            try await bench.run(Scripts.openLane(lane: lane))
            let call = Scripts.enqueue(bench.keys, lane: lane, number: 1, entries: try bench.entries(jobs))
            let first = try await bench.run(call)
            let done = try await bench.advance(2).claimed
            _ = try await bench.advance(0, finished: done.map { ($0, "") })
            let before = try await bench.snapshot()
            #expect(try await bench.run(call) == first)
            #expect(try await bench.snapshot() == before)
            #expect(before.ids == [])
        }
    }

    @Test("A call in a lane that is gone, out of step, or only opened does nothing", arguments: [0, 3, 7])
    func lost(number: Int) async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            if number == 7 { try await bench.redis("DEL", bench.lane) }
            let before = try await bench.snapshot()
            #expect(try await bench.enqueue(TestJob("b"), number: number) == "[-1]")
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("A queue of a later schema is refused and stays as it is")
    func schema() async throws {
        try await ScriptBench.with { bench in
            try await bench.redis("HSET", bench.keys.meta, "schema", "2")
            let before = try await bench.snapshot()
            #expect(try await bench.enqueue(TestJob("b")) == "[-2, 2]")
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("An id exists once, in a call as well")
    func sameID() async throws {
        try await ScriptBench.with { bench in
            let reply = try await bench.enqueue(TestJob("a"), TestJob("a"))
            #expect(reply == "[1, ne, [a]]")
            #expect(try await bench.enqueue(TestJob("a")) == "[1, e, [a]]")
            #expect(try await bench.snapshot().ready[2] == ["a"])
        }
    }

    @Test("A completed job's id is free again when its window is over, and only then")
    func idWindow() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.windowMilliseconds = 60_000 })
            _ = try await bench.advance(0, finished: [(claim, "")])
            #expect(try await bench.enqueue(TestJob("a")) == "[1, e, [a]]")
            try await bench.setTime("a", try await bench.now() - 60_001)
            #expect(try await bench.enqueue(TestJob("a")) == "[1, n, []]")
            let view = try await bench.snapshot()
            #expect(view.kept == [:])
            #expect(try view.record("a").state == .ready)
        }
    }

    @Test("A queue takes as many jobs as its limit; tombstones count only towards twice that")
    func depth() async throws {
        try await ScriptBench.with { bench in
            try await bench.run(Scripts.configure(bench.keys, field: "depth_limit", value: "2"))
            #expect(
                try await bench.enqueue(TestJob("a"), TestJob("b") { $0.due = .after(9_000) }, TestJob("c"))
                    == "[1, nnf, []]")
            try await bench.cancel("a", "b")
            #expect(try await bench.enqueue(TestJob("c"), TestJob("d"), TestJob("e")) == "[1, nnf, []]")
            try await bench.cancel("c", "d")
            let view = try await bench.snapshot()
            #expect(view.ready[2] == ["a", "c", "d"])
            #expect(view.tombs == [0, 0, 3, 0])
            #expect(try await bench.enqueue(TestJob("f"), TestJob("g")) == "[1, nf, []]")
            #expect(try await bench.snapshot().isAwake)
        }
    }

    @Test("A payload over 512 bytes lies beside the record")
    func big() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") { $0.payload = .init(repeating: 7, count: 513) },
                TestJob("b") { $0.payload = .init(repeating: 7, count: 512) })
            let view = try await bench.snapshot()
            #expect(view.big == ["a": 513])
            #expect(try view.record("a").bigPayloadLength == 513)
            #expect(try view.record("b").payload?.count == 512)
        }
    }

    @Test("A full Redis refuses new jobs whole and lets everything else go on")
    func fullRedis() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"), TestJob("d") { $0.unique = .key("k") })
            let claims = try await bench.claim(3)
            try await bench.redis("CONFIG", "SET", "maxmemory", "1")
            let before = try await bench.snapshot()
            let call = Scripts.enqueue(
                bench.keys, lane: bench.lane, number: bench.lastNumber + 1, entries: try bench.entries([TestJob("e")]))
            await #expect(throws: RedisFailure.self) { try await bench.run(call) }
            #expect(try await bench.snapshot() == before)
            #expect(try await bench.advance(1, finished: [(claims[0], "")]).claimed.map(\.id) == ["d"])
            #expect(try await bench.fail((claims[1], action: "d", delay: 0, kind: "e", text: "x")) == "[1, d]")
            #expect(try await bench.release((claims[2], delay: -1)) == "[1, o]")
            #expect(try await bench.cancel("c", "d") == "[1, kf]")
            #expect(try await bench.sweep().hasPrefix("[1, "))
            let members = [Array("none".utf8)]
            #expect(try await bench.run(Scripts.renew(bench.keys, leaseMs: 1_000, members: members)).line == "[none]")
        }
    }

    @Test("Five hundred jobs of every kind go in one call, one more is refused before anything is written")
    func bounds() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<501).map { index in
                TestJob("job\(index)") {
                    $0.payload = .init(repeating: 1, count: 600)
                    $0.unique = .key("key\(index)")
                    $0.due = .after(index % 2 == 0 ? 0 : 60_000)
                }
            }
            let all = Scripts.enqueue(bench.keys, lane: bench.lane, number: 1, entries: try bench.entries(jobs))
            await #expect(throws: RedisFailure.self) { try await bench.run(all) }
            #expect(try await bench.snapshot().names == [])
            let most = Array(jobs.dropLast())
            let call = Scripts.enqueue(bench.keys, lane: bench.lane, number: 1, entries: try bench.entries(most))
            #expect(try await bench.run(call).line == "[1, " + String(repeating: "n", count: 500) + ", []]")
            let view = try await bench.snapshot()
            #expect([view.ids.count, view.big.count, view.unique.count, view.delayed.count] == [500, 500, 500, 250])
        }
    }
}
