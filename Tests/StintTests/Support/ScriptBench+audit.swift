// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

extension ScriptBench {
    /// Audits the queue with the scripts, all of it, and returns what is wrong.
    func audit(_ onStep: (AuditStep) -> Void = { _ in }) async throws -> [AuditFinding] {
        var walk = AuditWalk(keys, queue: "q")
        var findings: [AuditFinding] = []
        while let call = walk.next() {
            let step = try walk.take(try await run(call))
            onStep(step)
            findings += step.findings
        }
        return findings
    }

    /// Mends a finding; returns the letter that says what became of it.
    @discardableResult
    func repair(_ finding: AuditFinding) async throws -> String {
        let reply = try await run(ClientCore.repairCall(finding, keys))
        let parts = try #require(reply.arrayValue)
        #expect(parts.count == 2 && parts[0] == .integer(1), "\(reply.line)")
        return parts[1].string ?? ""
    }

    /// Fills the queue with jobs in every state: ready r1, b1 (long payload) and u1 (unique key) behind the tombstone of
    /// t1, delayed d1, running n1 with progress, dead x1, kept k1 with a long result, e1 delayed after an error.
    func fillAllStates() async throws {
        try await enqueue(
            TestJob("n1"), TestJob("x1"), TestJob("k1") { $0.keepMilliseconds = 600_000 }, TestJob("e1"))
        let claims = try await claim(4)
        try await fail(
            (claims[1], action: "d", delay: 0, kind: "e", text: "broken"),
            (claims[3], action: "r", delay: 600_000, kind: "e", text: "broken"))
        try await advance(0, finished: [(claims[2], String(repeating: "r", count: 600))])
        try await run(Scripts.progress(keys, id: "n1", member: claims[0].member, text: "half"))
        try await enqueue(
            TestJob("t1"), TestJob("r1"), TestJob("b1") { $0.payload = .init(repeating: 65, count: 600) },
            TestJob("u1") { $0.unique = .key("key1", onConflict: .reject) },
            TestJob("d1") { $0.due = .after(600_000) })
        try await cancel("t1")
        // As if they had waited for a second: an audit knows of a job only that it was ready before it began.
        for id in ["r1", "b1", "u1"] { try await setTime(id, try await now() - 1_000) }
        try await wasLookedAfter()
    }

    /// The lease of a running job.
    func lease(of id: String) async throws -> String {
        let record = try await snapshot().record(id)
        return "\(id):\(record.fence):\(record.node)"
    }
}
