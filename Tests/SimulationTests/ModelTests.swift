// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@testable import StintSimulation

/// That the model finds what it is there to find: a judge that never says no proves nothing.
@Suite struct ModelTests {
    private let keys = QueueKeys(namespace: "sim", queue: "q")

    /// A model that has followed one job from its enqueue to its claim.
    private final class Bench {
        let model = Model()
        var findings: [String] = []
        let keys: QueueKeys
        let lane: String
        var nowMs: Int64 = 1_700_000_000_000
        let fence: Int64 = 1_700_000_000_000_001

        init(_ keys: QueueKeys) throws {
            self.keys = keys
            lane = keys.lane("lane")
            model.onFinding = { [unowned self] in findings.append($0) }
            var content = NewJob.Content(name: "work", payload: [1])
            content.tags["call"] = "1"
            let job = try #require(NewJob(id: JobID("j"), content))
            let entries = NewJob.arguments(of: [job])
            observe(Scripts.openLane(lane: lane), .integer(1))
            observe(
                Scripts.enqueue(keys, lane: lane, number: 1, entries: entries),
                .array([.integer(1), .text("n"), .array([])]))
            var claimed = job.head + job.rest
            claimed[1] = UInt8(ascii: "n")
            claimed[6] = 1
            for index in 0..<7 { claimed[23 + index] = UInt8(truncatingIfNeeded: fence >> Int64(8 * (6 - index))) }
            claimed.replaceSubrange(30..<36, with: "node00".utf8)
            observe(
                Scripts.advance(keys, lane: lane, number: 2, leaseMs: 1000, limit: 1, node: "node00", seenFence: 0),
                .array([
                    .integer(1), .array([]), .array([.text("j"), .bytes(claimed), .text("")]), .integer(0),
                    .integer(-1),
                ]))
        }

        func observe(_ call: ScriptCall, _ reply: RedisValue) {
            let words = [Array(call.script.sha1.utf8), Array("\(call.keys.count)".utf8)]
            let command = RedisCommand("EVALSHA", words + call.keys.map { Array($0.utf8) } + call.arguments)
            guard let call = ObservedCall(command) else {
                findings.append("\(call.script.name) is no call")
                return
            }
            model.observe(call, reply, nowUs: nowMs * 1_000, at: .zero)
        }

        func finish(number: Int, fence: Int64, lost: [RedisValue]) {
            observe(
                Scripts.advance(
                    keys, lane: lane, number: number, leaseMs: 1000, limit: 0, node: "node00", seenFence: 0,
                    finished: [Array("j".utf8), Array("j:\(fence):node00".utf8), []]),
                .array([.integer(1), .array(lost), .array([]), .integer(0), .integer(-1)]))
        }

        func sweep(promoted: Int64 = 0, returned: Int64 = 0) {
            observe(
                Scripts.sweep(keys, leaseMs: 1000, intervalMs: 100, maxCrashes: 3, node: "node01"),
                .array([
                    .integer(1), .integer(returned), .integer(-1), .integer(0), .integer(0), .array([]),
                    .integer(returned), .integer(0), .integer(promoted), .array([]),
                ]))
        }
    }

    @Test("It agrees with a finish under the lease")
    func finish() throws {
        let bench = try Bench(keys)
        bench.finish(number: 3, fence: bench.fence, lost: [])
        #expect(bench.findings == [])
    }

    @Test("It finds a finish that is accepted under a stale fence")
    func staleFinish() throws {
        let bench = try Bench(keys)
        bench.finish(number: 3, fence: bench.fence - 1, lost: [])
        #expect(bench.findings.count == 1)
    }

    @Test("It finds a second finish of a job")
    func secondFinish() throws {
        let bench = try Bench(keys)
        bench.finish(number: 3, fence: bench.fence, lost: [])
        bench.finish(number: 4, fence: bench.fence, lost: [])
        #expect(bench.findings.count == 1)
    }

    @Test("It finds a call that is carried out in a lane that is gone")
    func lostLane() throws {
        let bench = try Bench(keys)
        bench.nowMs += 600_001
        bench.finish(number: 3, fence: bench.fence, lost: [])
        #expect(bench.findings.count == 1)
    }

    @Test("It finds a job that is reaped under a hold, and agrees once the hold is over")
    func hold() throws {
        let hasty = try Bench(keys)
        hasty.sweep()
        hasty.nowMs += 1500
        hasty.sweep(returned: 1)
        #expect(!hasty.findings.isEmpty)

        let patient = try Bench(keys)
        patient.sweep()
        for _ in 0..<3 {
            patient.nowMs += 333
            patient.sweep()
        }
        patient.nowMs += 2
        patient.sweep(returned: 1)
        #expect(patient.findings == [])
    }
}
