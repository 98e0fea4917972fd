// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

/// What an audit says of queues on which nothing is wrong.
@Suite struct SoundAuditScriptTests {
    @Test("After any random call a queue is found sound, and a repair of anything changes nothing", arguments: 1...4)
    func random(seed: Int) async throws {
        try await ScriptBench.with { bench in
            let random = SplitMix64(seed: UInt64(seed))
            var run = RandomRun(bench: bench, random: SplitMix64(seed: UInt64(seed)))
            for step in 0..<400 {
                let call = try await run.step()
                let findings = try await bench.audit()
                guard findings.isEmpty else {
                    Issue.record("step \(step) of seed \(seed), after \(call): \(findings)")
                    return
                }
                let before = try await bench.snapshot()
                for finding in try invented(before, random) {
                    let verdict = try await bench.repair(finding)
                    #expect(verdict == "s" || verdict == "c" || verdict == "u", "\(finding): \(verdict)")
                }
                guard try await bench.snapshot() == before else {
                    Issue.record("step \(step) of seed \(seed), after \(call): a repair changed something")
                    return
                }
            }
        }
    }

    /// Findings of every kind about what is there, none of them true.
    private func invented(_ view: QueueView, _ random: SplitMix64) throws -> [AuditFinding] {
        guard !view.ids.isEmpty else { return [] }
        let id = view.ids[Int(random.next() % UInt64(view.ids.count))]
        let job = JobID(unchecked: id)
        let record = try view.record(id)
        let member = "\(id):\(record.fence):\(record.node)"
        var findings = ["errors", "progress", "cancelling"].map { AuditFinding(.unnoted, queue: "q", job: job, $0) }
        for index in ["delayed", "dead", "kept", "big", "errors", "progress", "cancelling"] {
            findings.append(AuditFinding(.stray, queue: "q", job: job, index, id))
        }
        findings += [
            AuditFinding(.stray, queue: "q", job: job, "leases", member),
            AuditFinding(.stray, queue: "q", job: job, "big", "\(id):r"),
            AuditFinding(.stray, queue: "q", job: job, "unique", record.uniqueKey ?? "key0"),
            AuditFinding(.ahead, queue: "q", job: job, member), AuditFinding(.hold, queue: "q"),
            AuditFinding(.missing, queue: "q", job: job, "\(record.atMilliseconds)", "ready:\(record.list)"),
            AuditFinding(.number, queue: "q", "completed"), AuditFinding(.number, queue: "q", "paused_until"),
        ]
        findings += (0..<4).map { AuditFinding(.tombs, queue: "q", "\($0)", "700 0 9 a b") }
        return findings
            + [.unindexed, .score, .unleased, .result, .fence, .unheld].map { AuditFinding($0, queue: "q", job: job) }
    }

    @Test("No call of an audit of a big queue looks at more than its bound")
    func bounded() async throws {
        try await ScriptBench.with { bench in
            let count = 200_000
            try await bench.enqueue(TestJob("ready"), TestJob("delayed") { $0.due = .after(600_000_000) })
            try await bench.setTime("ready", try await bench.now() - 1_000)
            // Copies of the two, half and half.
            let fill = """
                local ready, delayed = redis.call('HGET', KEYS[1], 'ready'), redis.call('HGET', KEYS[1], 'delayed')
                local due = redis.call('ZSCORE', KEYS[3], 'delayed')
                for at = 1, tonumber(ARGV[1]) / 2 do
                  redis.call('HSET', KEYS[1], 'r' .. at, ready, 'd' .. at, delayed)
                  redis.call('RPUSH', KEYS[2], 'r' .. at)
                  redis.call('ZADD', KEYS[3], due, 'd' .. at)
                end
                """
            try await bench.redis(
                "EVAL", fill, "3", bench.keys.jobs, bench.keys.ready(2), bench.keys.delayed, "\(count)")
            var most = 0
            var checked = 0
            let findings = try await bench.audit {
                most = max(most, $0.entries)
                checked = $0.checked
            }
            #expect(findings == [])
            #expect(most <= AuditWalk.entriesPerCall)
            #expect(checked == 2 * (count + 2))

            // One that is nowhere in the list is found among them.
            try await bench.redis("LREM", bench.keys.ready(2), "0", "r77777")
            #expect(try await bench.audit().map { $0.job?.description } == ["r77777"])
            try await bench.redis("DEL", bench.keys.jobs, bench.keys.ready(2), bench.keys.delayed)
        }
    }
}
