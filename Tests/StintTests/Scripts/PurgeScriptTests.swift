// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct PurgeScriptTests {
    @Test("A slice that is purged again is the same slice, not one of jobs that came later")
    func again() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"))
            #expect(try await bench.purge("ready:2", 2) == "[1, 2, 0, 1]")
            let number = bench.lastNumber
            let before = try await bench.snapshot()
            #expect(try await bench.purge("ready:2", 2, number: number) == "[1, 2, 0, 1]")
            #expect(try await bench.snapshot() == before)
            #expect(before.ids == ["c"])
            #expect(try await bench.purge("ready:2", 2, number: number + 2) == "[-1]")
        }
    }

    @Test("A ready list is purged from its head, tombstones and all")
    func ready() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(
                TestJob("a") { $0.unique = .key("k") }, TestJob("b") { $0.payload = .init(repeating: 1, count: 600) },
                TestJob("c"), TestJob("d"), TestJob("low") { $0.priority = .low })
            try await bench.cancel("a", "d")
            try await bench.enqueue(TestJob("a"))
            #expect(try await bench.purge("ready:2", 3) == "[1, 3, 0, 1]")
            var view = try await bench.snapshot()
            #expect(view.ready == [[], [], ["d", "a"], ["low"]])
            #expect(view.tombs == [0, 0, 2, 0])
            try await bench.assertConsistent()
            #expect(try await bench.purge("ready:2", 9) == "[1, 0, 0, 0]")
            view = try await bench.snapshot()
            #expect(view.tombs == [0, 0, 0, 0])
            #expect(view.ids == ["low"])
            #expect(view.meta["purged"] == "3")
        }
    }

    @Test("A sorted index is purged oldest first, and a limit of 0 is not all", arguments: ["delayed", "dead", "kept"])
    func sets(source: String) async throws {
        try await ScriptBench.with { bench in
            for id in ["a", "b", "c"] {
                let claim = try await bench.running(
                    TestJob(id) {
                        $0.keepMilliseconds = 60_000
                        $0.unique = .key(id)
                        $0.payload = .init(repeating: 1, count: 600)
                    })
                if source == "kept" {
                    try await bench.advance(0, finished: [(claim, String(repeating: "r", count: 600))])
                } else {
                    let action = source == "dead" ? "d" : "r"
                    try await bench.fail((claim, action: action, delay: 60_000, kind: "e", text: "x"))
                }
                try await bench.redis("ZADD", "\(bench.keys.prefix):\(source)", "\(bench.lastNumber)", id)
                if source == "delayed" { try await bench.setTime(id, Int64(bench.lastNumber)) }
            }
            #expect(try await bench.purge(source, 0) == "[1, 1, 0, 1]")
            #expect(try await bench.snapshot().ids == ["b", "c"])
            try await bench.assertConsistent()
            #expect(try await bench.purge(source, 200) == "[1, 2, 0, 0]")
            let view = try await bench.snapshot()
            #expect(view.names == ["meta", "recent", "unique", "wake"].filter { source == "kept" || $0 != "recent" })
            #expect(view.unique == [:])
        }
    }
}

extension PurgeScriptTests {
    @Test("Newer ready jobs keep their place, wherever they are, and are passed over")
    func newerReady() async throws {
        let clock = try ServerClock()
        try await ScriptBench.with(clock: clock) { bench in
            try await bench.enqueue(TestJob("old1"), TestJob("gone"), TestJob("old2"), TestJob("old3"))
            try await bench.cancel("gone")
            let dead = try await bench.running(TestJob("dead") { $0.priority = .high })
            try await bench.fail((dead, action: "d", delay: 0, kind: "e", text: "x"))
            let until = try await bench.now()
            clock.microseconds += 1_000
            let claim = try await bench.running(TestJob("front") { $0.priority = .high })
            try await bench.release((claim, delay: -1))
            try await bench.enqueue(TestJob("new1"), TestJob("new2"))
            // Handed back to the front, as far as the list can tell.
            try await bench.redis("LPUSH", bench.keys.ready(2), "new1")
            try await bench.redis("LREM", bench.keys.ready(2), "-1", "new1")
            let reply = try await bench.purge("ready:2", 3, until: until)
            #expect(reply == "[1, 1, 1, 1]")
            #expect(try await bench.purge("ready:2", 3, until: until, number: bench.lastNumber) == reply)
            var view = try await bench.snapshot()
            #expect(view.ready == [[], ["front"], ["new1", "old2", "old3", "new2"], []])
            #expect(view.tombs == [0, 0, 0, 0])
            #expect(try await bench.purge("ready:2", 2, until: until, skip: 1) == "[1, 2, 0, 1]")
            #expect(try await bench.purge("ready:2", 2, until: until, skip: 1) == "[1, 0, 1, 0]")
            // Retried from dead, it is as new as an enqueued one.
            try await bench.retryDead("dead")
            #expect(try await bench.purge("ready:1", 9, until: until) == "[1, 0, 2, 0]")
            view = try await bench.snapshot()
            #expect(view.ready == [[], ["front", "dead"], ["new1", "new2"], []])
            #expect(view.ids == ["dead", "front", "new1", "new2"])
            #expect(view.meta["purged"] == "3")
        }
    }

    @Test("Newer jobs of a sorted index are passed over by rank", arguments: ["delayed", "dead", "kept"])
    func newer(source: String) async throws {
        let clock = try ServerClock()
        try await ScriptBench.with(clock: clock) { bench in
            // By rank: new, old, new, old.
            for (id, rank) in [("b", Int64(20)), ("d", 40), ("a", 10), ("c", 30)] {
                if id == "a" { clock.microseconds += 1_000_000 }
                if source == "delayed" {
                    try await bench.enqueue(TestJob(id) { $0.due = .after(60_000 + rank) })
                } else {
                    let claim = try await bench.running(TestJob(id) { $0.keepMilliseconds = 60_000 })
                    if source == "dead" {
                        try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
                    } else {
                        try await bench.advance(0, finished: [(claim, "")])
                    }
                }
                try await bench.redis("ZADD", "\(bench.keys.prefix):\(source)", "\(rank)", id)
                if source == "delayed" { try await bench.setTime(id, rank) }
            }
            let until = try await bench.now() - 1_000
            #expect(try await bench.purge(source, 2, until: until) == "[1, 1, 1, 1]")
            #expect(try await bench.snapshot().ids == ["a", "c", "d"])
            #expect(try await bench.purge(source, 2, until: until, skip: 1) == "[1, 1, 1, 0]")
            #expect(try await bench.snapshot().ids == ["a", "c"])
            #expect(try await bench.purge(source, 2, until: until, skip: 2) == "[1, 0, 0, 0]")
            #expect(try await bench.snapshot().ids == ["a", "c"])
        }
    }
}
