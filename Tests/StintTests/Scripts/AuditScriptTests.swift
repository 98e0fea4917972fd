// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@Suite struct AuditScriptTests {
    @Test("A queue with jobs in every state is sound, and an audit changes nothing and looks at everything")
    func sound() async throws {
        try await ScriptBench.with { bench in
            #expect(try await bench.audit() == [])
            try await bench.fillAllStates()
            let before = try await bench.snapshot()
            var steps: [AuditStep] = []
            #expect(try await bench.audit { steps.append($0) } == [])
            #expect(try await bench.snapshot() == before)
            #expect(steps.allSatisfy { $0.unjudged == [] })
            #expect(steps.last?.checked == steps.last?.total)
            // 8 records, 4 entries of ready, 2 delayed, 1 lease, 1 dead, 1 kept, 1 key and the sentinel, 2 in big, 2 errors,
            // 1 progress.
            #expect(steps.last?.checked == 24)
        }
    }

    @Test(
        "An audit names what is wrong with the job's id, and a repair mends it or says that it cannot",
        arguments: Corruption.all)
    func corrupted(corruption: Corruption) async throws {
        try await ScriptBench.with { bench in
            try await bench.fillAllStates()
            try await corruption.corrupt(bench)
            let findings = try await bench.audit()
            let finding = try #require(
                findings.first { $0.kind == corruption.kind && $0.job?.description == corruption.job }, "\(findings)")
            #expect(finding.invariant == corruption.invariant)
            #expect(!finding.message.isEmpty)
            guard let undo = corruption.undo else {
                #expect(finding.isRepairable)
                #expect(try await bench.repair(finding) == "m", "\(finding)")
                #expect(try await bench.repair(finding) == "s", "\(finding)")
                for other in findings where other != finding { try await bench.repair(other) }
                #expect(try await bench.audit() == [])
                try await bench.assertConsistent()
                return
            }
            let before = try await bench.snapshot()
            #expect(try await bench.repair(finding) != "m", "\(finding)")
            #expect(try await bench.snapshot() == before)
            try await undo(bench)
            #expect(try await bench.audit() == [])
        }
    }

    @Test("Every kind of finding that a queue can have is made by a corruption here")
    func complete() {
        // Those three are about keys beside a queue's own.
        let elsewhere: Set<AuditFinding.Kind> = [.lane, .foreign, .unlisted]
        #expect(Set(Corruption.all.map(\.kind)).union(elsewhere) == Set(AuditFinding.Kind.allCases))
        let invariants = Set(Corruption.all.map(\.invariant))
        #expect(invariants.isSuperset(of: ["I1", "I3", "I4", "I5", "I6", "I7", "I9", "I10"]))
    }

    @Test("The reply of each script says exactly what it saw")
    func replies() async throws {
        try await ScriptBench.with { bench in
            try await bench.fillAllStates()
            let keys = bench.keys
            let meta = try #require(try await bench.run(Scripts.auditQueue(keys)).arrayValue)
            #expect(meta[1].line == "[8, 0, 0, 4, 0, 2, 1, 1, 1, 2, 2, 2, 1, 0]")
            #expect(meta[2].line == "[]")
            let ready = try #require(
                try await bench.run(Scripts.auditReady(keys, list: 2, offset: 0, limit: 3)).arrayValue)
            #expect(ready.dropFirst().map(\.line) == ["4", "1", "t1", "u1", "[r1, b1, u1]", "lll"])
            let rest = try #require(
                try await bench.run(Scripts.auditReady(keys, list: 2, offset: 3, limit: 3)).arrayValue)
            #expect(rest.dropFirst().map(\.line) == ["4", "1", "t1", "u1", "[t1]", "t"])
            let records = try #require(
                try await bench.run(
                    Scripts.auditRecords(
                        keys, cursor: "0", limit: 9, sinceMs: Int(try await bench.now()),
                        ids: ["r1", "d1", "gone"].map { Array($0.utf8) })
                ).arrayValue)
            let since = try await bench.snapshot().record("r1").atMilliseconds
            #expect(records.dropFirst().map(\.line) == ["0", "2", "[r1, 2, \(since)]", "[]"])
            try await bench.redis("ZADD", keys.delayed, "5", "ghost")
            let index = try #require(
                try await bench.run(Scripts.auditIndex(keys, source: "delayed", cursor: "0", limit: 9)).arrayValue)
            #expect(index.dropFirst().map(\.line) == ["0", "3", "[stray, ghost, delayed, ghost]"])
            #expect(try await bench.repair(told(.stray, "ghost", "delayed", "ghost")) == "m")
        }
    }

    @Test("A queue of a newer release is not mended")
    func newer() async throws {
        try await ScriptBench.with { bench in
            try await bench.redis("HSET", bench.keys.meta, "schema", "2")
            let reply = try await bench.run(ClientCore.repairCall(AuditFinding(.hold, queue: "q"), bench.keys))
            #expect(reply.line == "[-2, 2]")
        }
    }

    @Test("A missing job comes to the front of its list, and wakes a worker unless the queue is paused")
    func missing() async throws {
        try await ScriptBench.with { bench in
            try await bench.fillAllStates()
            for isPaused in [false, true] {
                if isPaused { try await bench.run(Scripts.pause(bench.keys, forMs: 0, who: "me", reason: "")) }
                try await bench.redis("LREM", bench.keys.ready(2), "0", "b1")
                try await bench.setTime("b1", try await bench.now() - 1_000)
                try await bench.redis("DEL", bench.keys.wake)
                let finding = try #require(try await bench.audit().first)
                let before = try await bench.now()
                #expect(try await bench.repair(finding) == "m")
                let view = try await bench.snapshot()
                #expect(view.ready[2].first == "b1")
                #expect(view.ready[2].count == 4)
                #expect(try view.record("b1").atMilliseconds >= before)
                #expect(view.isAwake != isPaused)
            }
        }
    }

    @Test("A job that moved, or was mended by somebody else, is not put into its list again")
    func missingNoMore() async throws {
        try await ScriptBench.with { bench in
            try await bench.fillAllStates()
            let since = "\(try await bench.snapshot().record("r1").atMilliseconds)"
            let before = try await bench.snapshot()
            let isThere = told(.missing, "r1", since, "ready:2")
            #expect(try await bench.repair(isThere) == "s")
            #expect(try await bench.repair(told(.missing, "r1", "5", "ready:2")) == "s")
            #expect(try await bench.repair(told(.missing, "d1", since, "ready:2")) == "s")
            #expect(try await bench.repair(told(.missing, "gone", since, "ready:2")) == "s")
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("What belongs to a record that cannot be read is left alone")
    func unreadable() async throws {
        try await ScriptBench.with { bench in
            try await bench.fillAllStates()
            let record = try #require(await bench.redis("HGET", bench.keys.jobs, "d1").bytesValue)
            try await bench.redis("ZADD", bench.keys.dead, "5", "d1")
            try await bench.edit("d1") { $0 = Array("junk".utf8) }
            #expect(try await bench.audit().map(\.kind) == [.damaged])
            #expect(try await bench.repair(told(.stray, "d1", "dead", "d1")) == "u")
            try await bench.edit("d1") { $0 = record }
            #expect(try await bench.repair(told(.stray, "d1", "dead", "d1")) == "m")
        }
    }

    @Test("The tombstones of a long list are corrected to what a walk counted, if the list is as it was")
    func longList() async throws {
        try await ScriptBench.with { bench in
            let jobs = (0..<700).map { TestJob("j\($0)") }
            for start in [0, 350] {
                try await bench.run(
                    Scripts.enqueue(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(),
                        entries: try bench.entries(Array(jobs[start..<(start + 350)]))))
            }
            try await bench.cancel("j3", "j600")
            try await bench.redis("HSET", bench.keys.meta, "tomb:2", "9")
            let findings = try await bench.audit()
            #expect(findings.map(\.kind) == [.tombs])
            #expect(findings[0].message == "the list ready:2 has 2 tombstones among 700 entries and counts 9")
            try await bench.enqueue(TestJob("more"))
            #expect(try await bench.repair(findings[0]) == "c")
            let again = try await bench.audit()
            #expect(try await bench.repair(again[0]) == "m")
            #expect(try await bench.repair(again[0]) == "c")
            #expect(try await bench.snapshot().tombs == [0, 0, 2, 0])
            #expect(try await bench.audit() == [])
        }
    }
}

/// A finding as an audit of the bench's queue would tell it.
private func told(_ kind: AuditFinding.Kind, _ job: String, _ first: String, _ second: String) -> AuditFinding {
    AuditFinding(kind, queue: "q", job: JobID(unchecked: job), first, second)
}
