// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct ProgressScriptTests {
    @Test("Progress is written under the lease, the last value stands")
    func progress() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            for text in ["10", "20"] {
                let call = Scripts.progress(bench.keys, id: "a", member: claim.member, text: text)
                #expect(try await bench.run(call) == .integer(1))
            }
            let view = try await bench.snapshot()
            #expect(view.texts(bench.keys.progress) == ["a": "20"])
            var record = claim.record
            record.flags.insert(.hasProgress)
            #expect(try view.record("a") == record)
            try await bench.release((claim, delay: -1))
            let before = try await bench.snapshot()
            let late = Scripts.progress(bench.keys, id: "a", member: claim.member, text: "30")
            #expect(try await bench.run(late) == .integer(0))
            #expect(try await bench.snapshot() == before)
            // Nor while somebody else runs it.
            _ = try await bench.claimOne()
            let running = try await bench.snapshot()
            #expect(try await bench.run(late) == .integer(0))
            #expect(try await bench.snapshot() == running)
        }
    }
}

@Suite struct LogScriptTests {
    private func log(
        _ bench: ScriptBench, _ claim: TestClaim, first: Int, _ lines: String..., most: Int = 1_000
    ) async throws -> RedisValue {
        try await bench.run(
            Scripts.log(
                bench.keys, log: bench.keys.log(claim.id), member: claim.member, attempt: "\(claim.record.attempt)",
                first: first, maxLines: most, ttlMs: 60_000, lines: lines.map { Array($0.utf8) }))
    }

    private func lines(_ view: QueueView, _ id: String) -> [String] {
        guard case .stream(let entries) = view.snapshot.keys[view.keys.log(id)] else { return [] }
        return entries.map { $0.dropFirst().joined(separator: " ") }
    }

    @Test("Lines are appended once, in order, with the attempt they belong to")
    func append() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            #expect(try await log(bench, claim, first: 1, "one", "two") == .integer(1))
            #expect(try await log(bench, claim, first: 1, "one", "two") == .integer(1))
            #expect(try await log(bench, claim, first: 2, "two", "three") == .integer(1))
            #expect(try await lines(bench.snapshot(), "a") == ["a 1 l one", "a 1 l two", "a 1 l three"])
            let life = try await bench.redis("PTTL", bench.keys.log("a")).integerValue ?? 0
            #expect((1...60_000).contains(life))
        }
    }

    @Test("A full Redis refuses lines and changes nothing, while the job goes on")
    func full() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            _ = try await log(bench, claim, first: 1, "one")
            try await bench.redis("CONFIG", "SET", "maxmemory", "1")
            let before = try await bench.snapshot()
            let error = await #expect(throws: RedisFailure.self) { try await log(bench, claim, first: 2, "two") }
            guard case .server(let reply)? = error, reply.code == "OOM" else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await bench.snapshot() == before)
            try await bench.run(Scripts.progress(bench.keys, id: "a", member: claim.member, text: "half"))
            #expect(try await bench.advance(0, finished: [(claim, "")]).lost == [])
            #expect(try await bench.snapshot().ids == [])
        }
    }

    @Test("A run under a new lease begins anew, also where the attempt has the same number")
    func nextRun() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            _ = try await log(bench, first, first: 1, "one", "two", "three")
            try await bench.release((first, delay: -1))
            #expect(try await log(bench, first, first: 4, "late") == .integer(0))
            let second = try await bench.claimOne()
            #expect(second.record.attempt == 1)
            _ = try await log(bench, second, first: 1, "uno")
            #expect(try await lines(bench.snapshot(), "a") == ["a 1 l one", "a 1 l two", "a 1 l three", "a 1 l uno"])
        }
    }

    @Test("The lines are read back with their attempts and numbers, and read on from a position")
    func read() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            _ = try await log(bench, claim, first: 1, "one", "two")
            let client = try StintClient(
                .init(redis: bench.url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let lines = try await client.inspector.log(of: JobID("a"), queue: "q")
            #expect(lines.map(\.text) == ["one", "two"])
            #expect(lines.map(\.attempt) == [1, 1])
            #expect(lines.map(\.number) == [1, 2])
            let rest = try await client.inspector.log(of: JobID("a"), queue: "q", after: lines[0].position)
            #expect(rest == [lines[1]])
            await client.shutdown()
        }
    }

    @Test("A long log loses its oldest lines")
    func bounded() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            for first in 0..<500 { _ = try await log(bench, claim, first: 1 + first, "line", most: 100) }
            #expect((100...250).contains(try await lines(bench.snapshot(), "a").count))
        }
    }
}

@Suite struct AwaitScriptTests {
    @Test("Awaiting a waiting job flags it, once")
    func flags() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            let reply = try await bench.run(Scripts.await(bench.keys, id: "a")).arrayValue ?? []
            let view = try await bench.snapshot()
            #expect(try view.record("a").flags == [.awaited])
            #expect(reply == [.bytes(view.snapshot.hash(bench.keys.jobs)["a"] ?? []), .null, .null])
            try await bench.run(Scripts.await(bench.keys, id: "a"))
            #expect(try await bench.snapshot() == view)
        }
    }

    @Test("An ended job is answered with its result and errors, and stays as it is")
    func ended() async throws {
        try await ScriptBench.with { bench in
            let failed = try await bench.running(TestJob("a") { $0.isAwaited = true })
            try await bench.fail((failed, action: "r", delay: 0, kind: "e", text: "once"))
            try await bench.promote("a")
            let result = String(repeating: "r", count: 600)
            try await bench.advance(0, finished: [(try await bench.claimOne(), result)])
            let before = try await bench.snapshot()
            let reply = try await bench.run(Scripts.await(bench.keys, id: "a")).arrayValue ?? []
            #expect(reply.count == 3)
            #expect(try JobRecord(#require(reply[0].bytesValue)).state == .completed)
            #expect(reply[1].string == result)
            #expect(RecordedError.all(in: reply[2].bytesValue ?? []).map(\.text) == ["once"])
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("A job that is gone is answered so")
    func gone() async throws {
        try await ScriptBench.with { bench in
            let reply = try await bench.run(Scripts.await(bench.keys, id: "a"))
            #expect(reply.line == "[nil, nil, nil]")
            #expect(try await bench.snapshot().names == [])
        }
    }
}

@Suite struct SettingScriptTests {
    @Test("A queue's name is noted, and a wake marker set that stays as it is where there is one")
    func marks() async throws {
        try await ScriptBench.with { bench in
            for _ in 0..<2 {
                #expect(try await bench.run(Scripts.register(queues: "{stint}:queues", name: "q")) == .integer(1))
            }
            #expect(try await bench.redis("SMEMBERS", "{stint}:queues").line == "[q]")
            #expect(try await bench.run(Scripts.rewake(bench.keys)) == .integer(1))
            #expect(try await bench.redis("ZSCORE", bench.keys.wake, "w").line == "0")
            try await bench.redis("ZADD", bench.keys.wake, "7", "w")
            try await bench.run(Scripts.rewake(bench.keys))
            #expect(try await bench.redis("ZSCORE", bench.keys.wake, "w").line == "7")
        }
    }

    @Test("A setting is written and taken back")
    func configure() async throws {
        try await ScriptBench.with { bench in
            #expect(try await bench.run(Scripts.configure(bench.keys, field: "lease", value: "5000")).line == "[1]")
            #expect(try await bench.snapshot().meta == ["schema": "1", "lease": "5000"])
            try await bench.run(Scripts.configure(bench.keys, field: "lease", value: ""))
            let meta = try await bench.snapshot().meta
            #expect(meta["schema"] == "1" && meta["lease"] == nil)
            try await bench.redis("HSET", bench.keys.meta, "schema", "9")
            #expect(try await bench.run(Scripts.configure(bench.keys, field: "lease", value: "1")).line == "[-2, 9]")
        }
    }

    @Test("Opening a lane makes call 1 the next one, for ten minutes")
    func openLane() async throws {
        try await ScriptBench.with { bench in
            let life = try await bench.redis("PTTL", bench.lane).integerValue ?? 0
            #expect((1...600_000).contains(life))
            #expect(try await bench.redis("GET", bench.lane).string == "0:")
            #expect(try await bench.enqueue(TestJob("a"), number: 2) == "[-1]")
            #expect(try await bench.enqueue(TestJob("a"), number: 1) == "[1, n, []]")
        }
    }

    @Test("A node is known from its first beat until it leaves or was silent for a day")
    func beat() async throws {
        try await ScriptBench.with { bench in
            let queues = "{stint}:queues", nodes = "{stint}:nodes", details = "{stint}:node_details"
            let now = try await bench.now()
            try await bench.redis("ZADD", nodes, "\(now - 86_400_001)", "old", "\(now - 80_000_000)", "silent")
            try await bench.redis("HSET", details, "old", "x", "silent", "y")
            let call = Scripts.beat(
                queues: queues, nodes: nodes, nodeDetails: details, node: "node01", details: "host",
                served: [Array("mail".utf8), Array("q".utf8)])
            #expect(try await bench.run(call) == .integer(1))
            let view = try await bench.snapshot()
            #expect(view.snapshot.members(queues) == ["mail", "q"])
            #expect(Set(view.snapshot.scores(nodes).keys) == ["node01", "silent"])
            #expect((view.snapshot.scores(nodes)["node01"] ?? 0) >= now)
            #expect(view.texts(details) == ["node01": "host", "silent": "y"])
            try await bench.run(Scripts.leave(nodes: nodes, nodeDetails: details, node: "node01"))
            #expect(try await bench.snapshot().texts(details) == ["silent": "y"])
            #expect(try await Set(bench.snapshot().snapshot.scores(nodes).keys) == ["silent"])
        }
    }
}
