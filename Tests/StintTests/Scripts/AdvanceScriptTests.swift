// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct AdvanceClaimTests {
    @Test("Claims take urgent jobs first, each list in its order, under one lease each")
    func order() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("low") { $0.priority = .low }, TestJob("b"), TestJob("a"),
                TestJob("top") { $0.priority = .urgent })
            let before = try await bench.now()
            let reply = try await bench.advance(3)
            let after = try await bench.now()
            #expect(reply.claimed.map(\.id) == ["top", "b", "a"])
            #expect(reply.lost == [])
            #expect(reply.hasMore)
            #expect(reply.nextDue == -1)
            let view = try await bench.snapshot()
            #expect(view.ready == [[], [], [], ["low"]])
            for claim in reply.claimed {
                #expect(try view.record(claim.id) == claim.record)
                #expect(claim.record.state == .running)
                #expect(claim.record.attempt == 1)
                #expect(claim.record.node == "node01")
                #expect((before...after).contains(claim.record.atMilliseconds))
                #expect(view.leases[claim.member] == claim.record.atMilliseconds + 600_000)
            }
            let fences = reply.claimed.map(\.record.fence)
            #expect(fences == [fences[0], fences[0] + 1, fences[0] + 2])
            #expect(view.meta["fence"] == "\(fences[2])")
            #expect(view.meta["claimed"] == "3")
            #expect(view.isAwake)
        }
    }

    @Test("A fence is greater than the last, than the highest seen, and than the time")
    func fences() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"))
            let microseconds = try await bench.now() * 1_000
            let first = try await bench.advance(1).claimed[0].record.fence
            #expect(first > microseconds)
            let ahead: Int64 = 4_000_000_000_000_000
            try await bench.redis("HSET", bench.keys.meta, "fence", "\(ahead)")
            #expect(try await bench.advance(1).claimed[0].record.fence == ahead + 1)
            #expect(try await bench.advance(1, seenFence: ahead + 50).claimed[0].record.fence == ahead + 51)
            #expect(try await bench.snapshot().meta["fence"] == "\(ahead + 51)")
        }
    }

    @Test("A limit of 0 claims nothing and tells what there is")
    func none() async throws {
        try await ScriptBench.with { bench in
            #expect(try await bench.advance(0).hasMore == false)
            try await bench.enqueue(TestJob("a") { $0.due = .after(50_000) })
            let reply = try await bench.advance(0)
            #expect(!reply.hasMore)
            #expect((1...50_001_000).contains(reply.nextDue))
            try await bench.enqueue(TestJob("b"))
            #expect(try await bench.advance(0).hasMore)
            #expect(try await bench.snapshot().ready[2] == ["b"])
        }
    }

    @Test("A paused queue hands out nothing, not even as more")
    func paused() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            try await bench.run(Scripts.pause(bench.keys, forMs: 0, who: "me", reason: ""))
            let reply = try await bench.advance(5)
            #expect(reply.claimed == [])
            #expect(!reply.hasMore)
            #expect(try await !bench.snapshot().isAwake)
            try await bench.redis("HSET", bench.keys.meta, "paused_until", "5")
            #expect(try await bench.advance(5).claimed.map(\.id) == ["a"])
        }
    }

    @Test("Tombstones are dropped as a claim meets them, and do not count as more")
    func tombstones() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"), TestJob("d"))
            try await bench.cancel("a", "c", "d")
            let reply = try await bench.advance(1)
            #expect(reply.claimed.map(\.id) == ["b"])
            #expect(!reply.hasMore)
            var view = try await bench.snapshot()
            #expect(view.ready[2] == ["c", "d"])
            #expect(view.tombs == [0, 0, 2, 0])
            #expect(try await bench.advance(1).claimed == [])
            view = try await bench.snapshot()
            #expect(view.ready[2] == [])
            #expect(view.tombs == [0, 0, 0, 0])
        }
    }

    @Test("An own id that was cancelled and came back is claimed once, in one call and across calls")
    func duplicates() async throws {
        try await ScriptBench.with { bench in
            for limit in [5, 1] {
                try await bench.enqueue(TestJob("a"), TestJob("b"))
                try await bench.cancel("a")
                try await bench.enqueue(TestJob("a"))
                try await bench.assertConsistent()
                let first = try await bench.advance(limit)
                try await bench.assertConsistent()
                let second = try await bench.advance(5)
                #expect((first.claimed + second.claimed).map(\.id) == ["a", "b"])
                let view = try await bench.snapshot()
                #expect(view.ready[2] == [])
                #expect(view.tombs == [0, 0, 0, 0])
                try await bench.advance(0, finished: (first.claimed + second.claimed).map { ($0, "") })
            }
        }
    }

    @Test("An own id that came back with another priority is claimed from the list its record names")
    func otherPriority() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.priority = .urgent }, TestJob("b") { $0.priority = .urgent })
            try await bench.cancel("a")
            try await bench.enqueue(TestJob("a") { $0.priority = .low })
            #expect(try await bench.advance(1).claimed.map(\.id) == ["b"])
            #expect(try await bench.snapshot().ready == [[], [], [], ["a"]])
            #expect(try await bench.advance(1).claimed.map(\.id) == ["a"])
        }
    }

    @Test("A job that expired before its first start is cancelled instead; one that was started is not")
    func expired() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("started") { $0.expiresAfterMilliseconds = 5_000 })
            try await bench.wasLookedAfter()
            try await bench.expire(claim)
            try await bench.sweep()
            try await bench.enqueue(
                TestJob("a") {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.unique = .key("k")
                    $0.payload = .init(repeating: 1, count: 600)
                },
                TestJob("kept") {
                    $0.expiresAfterMilliseconds = 5_000
                    $0.keepMilliseconds = 60_000
                }, TestJob("b"))
            for id in ["started", "a", "kept"] { try await bench.setExpired(id) }
            let reply = try await bench.advance(4)
            #expect(reply.claimed.map(\.id) == ["started", "b"])
            #expect(!reply.hasMore)
            let view = try await bench.snapshot()
            #expect(view.ids == ["b", "kept", "started"])
            #expect(try view.record("kept").reason == "expired")
            #expect(view.unique == [:])
            #expect(view.meta["expired"] == "2")
        }
    }

    @Test("Big payloads come with the claim, about 1 MiB a call")
    func bytes() async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b", "c"] {
                try await bench.enqueue(TestJob(id) { $0.payload = .init(repeating: 9, count: 600_000) })
            }
            let first = try await bench.advance(3)
            #expect(first.claimed.map(\.id) == ["a", "b"])
            #expect(first.claimed.map(\.big.count) == [600_000, 600_000])
            #expect(first.hasMore)
            let second = try await bench.advance(3)
            #expect(second.claimed.map(\.id) == ["c"])
            #expect(!second.hasMore)
        }
    }

    @Test("At most 500 jobs are claimed in a call")
    func most() async throws {
        try await ScriptBench.with { bench in
            for batch in 0..<2 {
                let jobs = (0..<300).map { TestJob("job\(batch)-\($0)") }
                try await bench.run(
                    Scripts.enqueue(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(jobs)))
            }
            let reply = try await bench.advance(100_000)
            #expect(reply.claimed.count == 500)
            #expect(reply.hasMore)
        }
    }

    @Test("A repeated call replies the same claims and losses, and claims nothing more")
    func again() async throws {
        try await ScriptBench.with { bench in
            let stale = try await bench.running(TestJob("stale"))
            try await bench.release((stale, delay: -1))
            let done = try await bench.claimOne()
            try await bench.enqueue(
                TestJob("a"), TestJob("b") { $0.payload = .init(repeating: 1, count: 600) }, TestJob("c"))
            let first = try await bench.advance(2, finished: [(stale, ""), (done, "")])
            // The stale lease and the current one are of the same job: the first is lost, the second finishes it.
            #expect(first.lost == ["stale"])
            #expect(first.claimed.map(\.id) == ["a", "b"])
            let before = try await bench.snapshot()
            let again = try await bench.advance(2, finished: [(stale, ""), (done, "")], number: bench.lastNumber)
            #expect(again.lost == first.lost)
            #expect(again.claimed == first.claimed)
            #expect(try await bench.snapshot() == before)
            // What another took back meanwhile is left out.
            let lane = bench.keys.lane("other")
            try await bench.run(Scripts.openLane(lane: lane))
            let handed = ["a", first.claimed[0].member, "-1", "1"].map { Array($0.utf8) }
            try await bench.run(Scripts.release(bench.keys, lane: lane, number: 1, handed: handed))
            #expect(try await bench.advance(2, number: bench.lastNumber).claimed.map(\.id) == ["b"])
        }
    }

    @Test("The queue's lease is the longest that any worker passed")
    func lease() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            _ = try await bench.advance(0, lease: 1_200_000)
            let claim = try await bench.claimOne()
            let view = try await bench.snapshot()
            #expect(view.leases[claim.member] == claim.record.atMilliseconds + 1_200_000)
            #expect(view.meta["lease"] == "1200000")
        }
    }

    @Test("A node of another length is refused before anything is written")
    func node() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            let before = try await bench.snapshot()
            await #expect(throws: RedisFailure.self) { try await bench.advance(1, node: "node") }
            #expect(try await bench.snapshot() == before)
        }
    }
}

@Suite struct AdvanceFinishTests {
    @Test("A finished job leaves nothing behind but a look back and a count")
    func gone() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a"),
                TestJob("b") {
                    $0.unique = .key("k")
                    $0.payload = .init(repeating: 1, count: 600)
                })
            let claims = try await bench.claim(2)
            try await bench.run(Scripts.progress(bench.keys, id: "b", member: claims[1].member, text: "half"))
            try await bench.cancel("b")
            let reply = try await bench.advance(0, finished: claims.map { ($0, "result") })
            #expect(reply.lost == [])
            let view = try await bench.snapshot()
            #expect(view.names == ["meta", "recent", "unique", "wake"])
            #expect(view.unique == [:])
            #expect(view.meta["completed"] == "2")
        }
    }

    @Test("A finish under a lease that is not the job's present one changes nothing and is named")
    func stale() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            try await bench.release((first, delay: -1))
            let second = try await bench.claimOne()
            let before = try await bench.snapshot()
            var forged = second
            forged.record.node = "node02"
            let reply = try await bench.advance(0, finished: [(first, ""), (forged, "")])
            #expect(reply.lost == ["a", "a"])
            #expect(try await bench.snapshot() == before.withLaneAndMeta(of: bench.snapshot()))
            _ = try await bench.advance(0, finished: [(second, "")])
            #expect(try await bench.advance(0, finished: [(second, "")]).lost == ["a"])
            #expect(try await bench.snapshot().meta["completed"] == "1")
        }
    }

    @Test("A job that is named twice in a call ends once")
    func twice() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.keepMilliseconds = 1_000 })
            _ = try await bench.advance(0, finished: [(claim, "x"), (claim, "y")])
            let view = try await bench.snapshot()
            #expect(view.meta["completed"] == "1")
            #expect(try view.record("a").result == Array("x".utf8))
        }
    }

    @Test("A kept job keeps its result: in the record up to 512 bytes, beside it beyond", arguments: [0, 512, 513])
    func kept(size: Int) async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(
                TestJob("a") {
                    $0.keepMilliseconds = 90_000
                    $0.unique = .key("k")
                })
            let result = String(repeating: "r", count: size)
            _ = try await bench.advance(0, finished: [(claim, result)])
            let view = try await bench.snapshot()
            let record = try view.record("a")
            #expect(record.state == .completed)
            #expect(record.startedMilliseconds == claim.record.atMilliseconds)
            #expect(view.kept == ["a": record.atMilliseconds + 90_000])
            #expect(record.flags.contains(.hasResult) == (size > 0))
            #expect(record.result?.count == (size == 512 ? 512 : nil))
            #expect(view.big == (size == 513 ? ["a:r": 513] : [:]))
            #expect(view.unique == [:])
        }
    }

    @Test("An awaited job's end is published, and kept for a minute with its result")
    func awaited() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.isAwaited = true })
            let (messages, sender) = AsyncStream<[UInt8]>.makeStream()
            let subscription = await bench.subscribe { sender.yield($0) }
            _ = try await bench.advance(0, finished: [(claim, "done")])
            #expect(await messages.first { _ in true } == Array("a".utf8))
            subscription.cancel()
            let view = try await bench.snapshot()
            #expect(try view.kept["a"] == view.record("a").atMilliseconds + 60_000)
            #expect(try view.record("a").result == Array("done".utf8))
        }
    }

    @Test("A window keeps the id and the key, not the result")
    func window() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(
                TestJob("a") {
                    $0.windowMilliseconds = 5_000
                    $0.unique = .key("k")
                })
            _ = try await bench.advance(0, finished: [(claim, "done")])
            let view = try await bench.snapshot()
            #expect(try view.kept["a"] == view.record("a").atMilliseconds + 5_000)
            #expect(try view.record("a").result == nil)
            #expect(view.unique == ["k": "a"])
        }
    }

    @Test("A success that comes before the cancellation stays a completion")
    func cancelledTooLate() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.keepMilliseconds = 5_000 })
            try await bench.cancel("a")
            _ = try await bench.advance(0, finished: [(claim, "")])
            let record = try await bench.snapshot().record("a")
            #expect(record.state == .completed)
            #expect(!record.flags.contains(.toBeCancelled))
        }
    }
}

extension QueueView {
    /// This view with the lane and the counters of another: what a call without effect may change.
    func withLaneAndMeta(of other: QueueView) -> QueueView {
        var snapshot = snapshot
        for key in other.snapshot.keys.keys where key == keys.meta || key.hasPrefix(keys.prefix + ":lane:") {
            snapshot.keys[key] = other.snapshot.keys[key]
        }
        return QueueView(keys: keys, snapshot: snapshot)
    }
}
