// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct InspectScriptTests {
    @Test("The counts of every index, the settings and the heads come in one reply")
    func inspect() async throws {
        try await ScriptBench.with { bench in
            #expect(
                try await bench.run(Scripts.inspect(bench.keys)).line.split(separator: ",", maxSplits: 1).last
                    == " [0, 0, 0, 0], 0, 0, 0, 0, 0, [], [nil, nil, nil, nil, nil, nil, nil, nil], []]")
            _ = try await bench.running(TestJob("running"))
            try await bench.cancel("running")
            try await bench.enqueue(
                TestJob("a"), TestJob("b"), TestJob("top") { $0.priority = .urgent },
                TestJob("later") { $0.due = .after(60_000) })
            try await bench.cancel("b")
            let before = try await bench.snapshot()
            let parts = try await bench.run(Scripts.inspect(bench.keys)).arrayValue ?? []
            #expect(parts.count == 10)
            #expect(parts[1].line == "[1, 0, 2, 0]")
            #expect(parts[2...6].map(\.line) == ["1", "1", "0", "0", "1"])
            let heads = parts[8].arrayValue ?? []
            #expect(heads.count == 8)
            #expect([heads[0].string, heads[2].string, heads[4].string] == ["top", nil, "a"])
            #expect(try JobRecord(heads[4 + 1].bytesValue ?? []) == before.record("a"))
            #expect(parts[9].arrayValue?.map(\.string) == ["later", "\(before.delayed["later"] ?? 0)"])
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("Everything about one job comes in one reply")
    func show() async throws {
        try await ScriptBench.with { bench in
            #expect(try await bench.run(Scripts.show(bench.keys, id: "a")).arrayValue?.last == .null)
            let first = try await bench.running(TestJob("a") { $0.payload = .init(repeating: 65, count: 600) })
            try await bench.fail((first, action: "r", delay: 0, kind: "e", text: "x"))
            try await bench.promote("a")
            let claim = try await bench.claimOne()
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            try await bench.cancel("a")
            let parts = try await bench.run(Scripts.show(bench.keys, id: "a")).arrayValue ?? []
            #expect(parts.count == 9)
            let view = try await bench.snapshot()
            #expect(try JobRecord(parts[1].bytesValue ?? []) == view.record("a"))
            #expect(parts[2].bytesValue?.count == 600)
            #expect(parts[3] == .null)
            #expect(RecordedError.all(in: parts[4].bytesValue ?? []).count == 1)
            #expect(parts[5].string == "half")
            #expect(parts[6].string?.hasSuffix(" me") == true)
            #expect(parts[7].integerValue == view.leases[claim.member])
            #expect(parts[8] == .null)
        }
    }
}

@Suite struct PageScriptTests {
    /// The entries of a page and how many the index has.
    private func page(
        _ bench: ScriptBench, _ source: String, _ offset: Int, _ count: Int, newest: Bool = false
    ) async throws -> ([String], Int64?) {
        let call = Scripts.page(bench.keys, source: source, offset: offset, count: count, newestFirst: newest ? 1 : 0)
        let parts = try await bench.run(call).arrayValue ?? []
        let rows = parts[2].arrayValue ?? []
        return (stride(from: 0, to: rows.count, by: 3).map { rows[$0].string ?? "" }, parts[1].integerValue)
    }

    @Test("A ready list is paged from either end")
    func ready() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("b"), TestJob("c"), TestJob("d"), TestJob("e"))
            #expect(try await page(bench, "ready:2", 0, 2) == (["a", "b"], 5))
            #expect(try await page(bench, "ready:2", 3, 9) == (["d", "e"], 5))
            #expect(try await page(bench, "ready:2", 0, 2, newest: true) == (["e", "d"], 5))
            #expect(try await page(bench, "ready:2", 3, 9, newest: true) == (["b", "a"], 5))
            #expect(try await page(bench, "ready:2", 5, 9, newest: true) == ([], 5))
            #expect(try await page(bench, "ready:0", 0, 9) == ([], 0))
        }
    }

    @Test("A page of nothing, of too much or before the start is neither the whole index nor an error")
    func bounds() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<150).map { TestJob("job\(1000 + $0)") }
            try await bench.run(
                Scripts.enqueue(bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: bench.entries(jobs)))
            #expect(try await page(bench, "ready:2", 0, 0).0 == ["job1000"])
            #expect(try await page(bench, "ready:2", 0, 100_000).0.count == 100)
            #expect(try await page(bench, "ready:2", -5, 2).0 == ["job1000", "job1001"])
        }
    }

    @Test("A sorted index comes with its scores and records; a lease with the record of its job")
    func sets() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("running"))
            try await bench.enqueue(
                TestJob("b") { $0.due = .after(60_000) }, TestJob("a") { $0.due = .after(50_000) })
            #expect(try await page(bench, "delayed", 0, 9) == (["a", "b"], 2))
            #expect(try await page(bench, "delayed", 0, 1, newest: true) == (["b"], 2))
            let call = Scripts.page(bench.keys, source: "leases", offset: 0, count: 9, newestFirst: 0)
            let row = try await bench.run(call).arrayValue?[2].arrayValue ?? []
            #expect(row[0].string == claim.member)
            #expect(row[1].integerValue == claim.record.atMilliseconds + 600_000)
            #expect(try JobRecord(row[2].bytesValue ?? []) == claim.record)
        }
    }
}

@Suite struct TrimScriptTests {
    private func trim(_ bench: ScriptBench, age: Int = 86_400_000, count: Int = 1_000) async throws -> String {
        try await bench.run(Scripts.trim(bench.keys, deadAgeMs: age, deadCount: count)).line
    }

    /// Keeps one job with a result, and buries three.
    private func arrange(_ bench: ScriptBench) async throws {
        let kept = try await bench.running(
            TestJob("kept") {
                $0.windowMilliseconds = 60_000
                $0.keepMilliseconds = 60_000
                $0.unique = .key("k")
                $0.payload = .init(repeating: 1, count: 600)
            })
        try await bench.advance(0, finished: [(kept, String(repeating: "r", count: 600))])
        for (index, id) in ["a", "b", "c"].enumerated() {
            let claim = try await bench.running(TestJob(id) { $0.payload = .init(repeating: 1, count: 600) })
            try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            try await bench.redis("ZADD", bench.keys.dead, "\(1_000 * index + 1_000)", id)
        }
        try await bench.redis("ZADD", bench.keys.kept, "5", "kept")
    }

    @Test("What is past its time is dropped with everything about it")
    func age() async throws {
        try await ScriptBench.with { bench in
            try await arrange(bench)
            try await bench.wasLookedAfter()
            #expect(try await trim(bench) == "[1, 4, 0]")
            let view = try await bench.snapshot()
            #expect(view.names == ["meta", "recent", "unique", "wake"])
            #expect(view.unique == [:])
            #expect(try await trim(bench) == "[1, 0, 0]")
        }
    }

    @Test("While the clock is in doubt, nothing is dropped by age")
    func doubt() async throws {
        try await ScriptBench.with { bench in
            try await arrange(bench)
            let before = try await bench.snapshot()
            #expect(try await trim(bench) == "[1, 0, 0]")
            #expect(try await bench.snapshot() == before)
            let now = try await bench.now()
            for (look, hold) in [(now - 4_000, 0), (now + 60_000, 0), (now - 100, now + 60_000)] {
                try await bench.redis("HSET", bench.keys.meta, "look", "\(look)", "hold", "\(hold)", "lease", "10000")
                #expect(try await trim(bench) == "[1, 0, 0]")
            }
            // A look just before, but no lease by which it would be near enough.
            try await bench.redis("HSET", bench.keys.meta, "look", "\(now - 100)", "hold", "0")
            try await bench.redis("HDEL", bench.keys.meta, "lease")
            #expect(try await trim(bench) == "[1, 0, 0]")
        }
    }

    @Test("The oldest dead jobs beyond the count are dropped even then")
    func count() async throws {
        try await ScriptBench.with { bench in
            try await arrange(bench)
            #expect(try await trim(bench, count: 1) == "[1, 2, 0]")
            #expect(try await bench.snapshot().ids == ["c", "kept"])
            #expect(try await trim(bench, count: 0) == "[1, 1, 0]")
        }
    }

    @Test("An entry of `kept` or `dead` that its record contradicts goes alone")
    func contradicted() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("running"))
            try await bench.enqueue(TestJob("ready"))
            try await bench.redis("ZADD", bench.keys.kept, "5", "running", "6", "ready", "7", "gone")
            try await bench.redis("ZADD", bench.keys.dead, "5", "running", "6", "ready")
            try await bench.wasLookedAfter()
            #expect(try await trim(bench) == "[1, 5, 0]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["ready", "running"])
            #expect(Array(view.leases.keys) == [claim.member])
        }
    }
}
