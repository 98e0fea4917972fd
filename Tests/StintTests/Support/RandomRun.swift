// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

/// Random calls of the scripts that change a queue, to see what they touch.
struct RandomRun {
    let bench: ScriptBench
    let random: SplitMix64
    /// Every claim so far, also those whose lease is long gone.
    var claims: [TestClaim] = []
    var lastFence: Int64 = 0

    init(bench: ScriptBench, random: SplitMix64) {
        self.bench = bench
        self.random = random
    }

    private func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    private func pick<Element>(_ elements: [Element]) -> Element { elements[number(elements.count)] }
    private func id() -> String { "id\(number(9))" }
    private func ids() -> [[UInt8]] { (0...number(3)).map { _ in Array(id().utf8) } }

    private func job() -> TestJob {
        TestJob(id()) {
            $0.priority = pick(JobPriority.allCases)
            $0.due = .after(pick([0, 0, 0, 1, 2, 60_000]))
            if number(2) == 0 { $0.unique = .key("key\(number(3))", onConflict: pick([.reject, .existing, .replace])) }
            $0.windowMilliseconds = pick([0, 0, 0, 1, 60_000])
            $0.keepMilliseconds = pick([0, 0, 0, 1, 60_000])
            $0.expiresAfterMilliseconds = pick([0, 0, 1, 2, 60_000])
            $0.isAwaited = number(6) == 0
            $0.retry.attempts = pick([nil, 1, 3])
            if number(3) == 0 { $0.payload = .init(repeating: 1, count: 513 + number(100)) }
        }
    }

    /// Runs a call of the lane; sometimes twice, which must reply the same and change nothing.
    private func inLane(_ call: ScriptCall) async throws -> String {
        let reply = try await bench.run(call)
        if number(3) == 0 {
            let before = try await bench.snapshot()
            let again = try await bench.run(call)
            #expect(again == reply, "\(call.script.name) again")
            #expect(try await bench.snapshot() == before, "\(call.script.name) again")
        }
        return reply.line
    }

    /// A claim: mostly one of the last ones.
    private func claim() -> TestClaim? {
        claims.isEmpty ? nil : claims[max(0, claims.count - 1 - number(6))]
    }

    private mutating func advance() async throws -> String {
        let finished = (0..<number(3)).compactMap { _ in claim() }
            .map { ($0, String(repeating: "r", count: pick([0, 5, 600]))) }
        let limit = number(4)
        let reply = try await bench.advance(limit, finished: finished)
        if number(3) == 0 {
            let before = try await bench.snapshot()
            let again = try await bench.advance(limit, finished: finished, number: bench.lastNumber)
            #expect(again.claimed == reply.claimed)
            #expect(again.lost == reply.lost)
            #expect(try await bench.snapshot() == before)
        }
        for claim in reply.claimed {
            #expect(claim.record.fence > lastFence)
            lastFence = claim.record.fence
        }
        #expect(reply.claimed.count <= limit)
        claims += reply.claimed
        return "advance \(limit) \(finished.map(\.0.member)): \(reply.claimed.map(\.member)) lost \(reply.lost)"
    }

    mutating func step() async throws -> String {
        switch number(16) {
        case 0...2:
            let jobs = (0...number(4)).map { _ in job() }
            let call = Scripts.enqueue(
                bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: try bench.entries(jobs))
            return "enqueue \(jobs.map(\.id)): \(try await inLane(call))"
        case 3...5:
            return try await advance()
        case 6:
            guard let claim = claim() else { return "nothing" }
            let action = pick(["r", "d"])
            let delay = pick([0, 1, 60_000])
            let kind = pick(["e", "c", "t"])
            let reply = try await bench.fail((claim, action: action, delay: delay, kind: kind, text: "x"))
            return "fail \(claim.member) \(action): \(reply)"
        case 7:
            guard let claim = claim(), let other = self.claim() else { return "nothing" }
            let reply = try await bench.release((claim, delay: pick([-1, 0, 2])), (other, delay: -1))
            return "release \(claim.member) \(other.member): \(reply)"
        case 8:
            let ids = ids()
            let call = Scripts.cancel(
                bench.keys, lane: bench.lane, number: bench.nextNumber(), who: "me", states: "", seenMs: 0,
                ids: ids)
            return "cancel \(ids): \(try await inLane(call))"
        case 9:
            let ids = ids()
            let call = Scripts.retryDead(bench.keys, lane: bench.lane, number: bench.nextNumber(), ids: ids)
            return "retry_dead \(ids): \(try await inLane(call))"
        case 10:
            let ids = ids()
            let next = bench.nextNumber()
            let call =
                number(3) == 0
                ? Scripts.remove(bench.keys, lane: bench.lane, number: next, states: "", seenMs: 0, ids: ids)
                : Scripts.promote(bench.keys, lane: bench.lane, number: next, ids: ids)
            return "\(call.script.name) \(ids): \(try await bench.run(call).line)"
        case 11:
            guard let claim = claim() else { return "nothing" }
            try await bench.run(Scripts.progress(bench.keys, id: claim.id, member: claim.member, text: "half"))
            try await bench.run(Scripts.await(bench.keys, id: id()))
            return "progress \(claim.member)"
        case 12...13:
            try await bench.wasLookedAfter()
            if let claim = claim() { try await bench.expire(claim) }
            return "sweep: \(try await bench.sweep())"
        case 14:
            try await bench.wasLookedAfter()
            let call = Scripts.trim(bench.keys, deadAgeMs: pick([0, 60_000]), deadCount: pick([0, 2, 100]))
            return "trim: \(try await bench.run(call).line)"
        default:
            let source = pick(["ready:0", "ready:1", "ready:2", "ready:3", "delayed", "dead", "kept"])
            let call = Scripts.purge(
                bench.keys, lane: bench.lane, number: bench.nextNumber(), source: source, limit: 1 + number(3),
                untilMs: 1 << 46, skip: number(2))
            return "purge \(source): \(try await inLane(call))"
        }
    }
}
