// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

/// What passes a limit is refused by the scripts as well: for programs that send calls of their own.
@Suite struct LimitScriptTests {
    /// The text of a refusal; nil if the call was carried out.
    private func refusal(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
            return nil
        } catch RedisFailure.server(let error) where error.code == "STINTLIMIT" {
            return error.message
        }
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("An enqueue that passes a limit is refused whole, and the lane goes on")
    func enqueue() async throws {
        try await ScriptBench.with { bench in
            func refused(_ entries: [[UInt8]], _ text: String) async throws {
                let number = bench.lastNumber + 1
                let refusal = try await refusal {
                    try await bench.run(Scripts.enqueue(bench.keys, lane: bench.lane, number: number, entries: entries))
                }
                #expect(refusal?.contains(text) == true, "\(refusal ?? "carried out"), not \(text)")
            }
            func changed(_ configure: @escaping (inout NewJob.Content) -> Void) throws -> [[UInt8]] {
                try bench.entries([TestJob("a", configure)])
            }
            let good = try bench.entries([TestJob("good")])
            try await bench.enqueue(TestJob("before"))
            let before = try await bench.snapshot()
            for id in ["", "a:b", "a b", "a\u{1b}", String(repeating: "a", count: 65)] {
                try await refused(good + [good[0], bytes("1"), bytes(id), good[3]], "a job id has 1 to 64 characters")
            }
            try await refused(changed { $0.name = String(repeating: "n", count: 129) }, "a name has 1 to 128 bytes")
            try await refused(changed { $0.name = "" }, "a name has 1 to 128 bytes")
            let keyed = try changed { $0.unique = .key(String(repeating: "k", count: 257)) }
            try await refused(keyed, "a unique key has 1 to 256 bytes")
            var tags: [String: String] = [:]
            for index in 0..<17 { tags["t\(index)"] = "v" }
            try await refused(changed { [tags] in $0.tags = tags }, "at most 16 tags")
            try await refused(changed { $0.tags = ["t": String(repeating: "v", count: 129)] }, "at most 16 tags")
            try await refused(
                [good[0], good[1], bytes("a"), good[3] + [UInt8](repeating: 0, count: 513)],
                "a payload has at most 512 bytes")
            let big = try changed { $0.payload = .init(repeating: 0, count: 600) }
            try await refused(big.dropLast() + [Array(big[4].dropLast())], "a payload has at most 512 bytes")
            let (head, rest) = (good[0], good[3])
            for entries in [
                big.dropLast(), [Array(head.dropLast()), bytes("1"), bytes("a"), rest],
                [head + [1], bytes("1"), bytes("a"), rest], [[2] + head.dropFirst(), bytes("1"), bytes("a"), rest],
                [head, bytes("1"), bytes("a"), Array(rest.prefix(3))], [head, bytes("many"), bytes("a"), rest],
                [head, bytes("2"), bytes("a"), rest], [head, bytes("2"), bytes("a"), rest, bytes("b")], [head],
            ] {
                try await refused(Array(entries), "a record is whole")
            }
            let half = TestJob("h") { $0.payload = .init(repeating: 0, count: 600_000) }
            var second = half
            second.id = "i"
            try await refused(bench.entries([half, second]), "a call of several jobs has at most 1 MiB")
            let tag = String(repeating: "v", count: 126)
            tags = [:]
            for index in 10..<26 { tags[tag + "\(index)"] = tag }
            let tagged = (0..<260).map { TestJob("t\($0)") { [tags] in $0.tags = tags } }
            try await refused(bench.entries(tagged), "a call of several jobs has at most 1 MiB")
            let many = (0...500).map { TestJob("m\($0)") }
            try await refused(bench.entries(many), "a call has at most 500 jobs")
            #expect(try await bench.snapshot() == before)
            #expect(try await bench.enqueue(TestJob("after")) == "[1, n, []]")
        }
    }

    @Test("A payload of 16 MiB is taken, one of a byte more is not")
    func payload() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.payload = .init(repeating: 0, count: 16 << 20) })
            let entries = try bench.entries([TestJob("b") { $0.payload = .init(repeating: 0, count: 16 << 20 + 1) }])
            let refusal = try await refusal {
                try await bench.run(
                    Scripts.enqueue(bench.keys, lane: bench.lane, number: bench.lastNumber + 1, entries: entries))
            }
            #expect(refusal?.contains("16 MiB") == true)
        }
    }

    @Test(
        "No queue begins under a name that none may have",
        arguments: ["UPPER", "", "a b", "ä", "a:b", "a}b", String(repeating: "q", count: 65)])
    func queueName(name: String) async throws {
        try await ScriptBench.with { bench in
            let keys = QueueKeys(queue: name)
            try await bench.run(Scripts.openLane(lane: keys.lane("l")))
            let entries = try bench.entries([TestJob("a")])
            let text = try await refusal {
                try await bench.run(Scripts.enqueue(keys, lane: keys.lane("l"), number: 1, entries: entries))
            }
            #expect(text?.contains("the name of a queue") == true)
            let registering = try await refusal {
                try await bench.run(Scripts.register(queues: "{stint}:queues", name: name))
            }
            #expect(registering != nil)
            #expect(try await bench.redis("EXISTS", "{stint}:queues", keys.jobs) == .integer(0))
        }
    }

    @Test("Ends of attempts, their notes and logs that pass a limit are refused")
    func running() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            let before = try await bench.snapshot()
            func refused(_ text: String, _ call: ScriptCall) async throws {
                let refusal = try await refusal { try await bench.run(call) }
                #expect(refusal?.contains(text) == true, "\(refusal ?? "carried out"), not \(text)")
            }
            let (keys, lane, number) = (bench.keys, bench.lane, bench.lastNumber + 1)
            let (id, member) = (bytes("a"), bytes(claim.member))
            let result = [UInt8](repeating: 0, count: 256 * 1024 + 1)
            func finishing(_ finished: [[UInt8]]) -> ScriptCall {
                Scripts.advance(
                    keys, lane: lane, number: number, leaseMs: 10_000, limit: 0, node: "node01", seenFence: 0,
                    finished: finished)
            }
            try await refused("a result has at most 256 KiB", finishing([id, member, result]))
            let nothing = (0...500).flatMap { [bytes("x\($0)"), bytes("x"), []] }
            try await refused("at most 500 jobs", finishing(nothing))
            func failing(_ text: String, _ count: Int) -> ScriptCall {
                let one = [id, member, bytes("r"), bytes("0"), bytes("e"), bytes(text)]
                let all = (0..<count).flatMap { _ in one }
                return Scripts.fail(keys, lane: lane, number: number, maxCrashes: 3, failures: all)
            }
            try await refused("an error text has at most 4 KiB", failing(String(repeating: "e", count: 4097), 1))
            try await refused("at most 500 attempts", failing("e", 501))
            let handed = (0...500).flatMap { _ in [id, member, bytes("0"), bytes("0")] }
            try await refused(
                "hands back at most 500", Scripts.release(keys, lane: lane, number: number, handed: handed))
            let members = (0...500).map { _ in member }
            try await refused("at most 500 leases", Scripts.renew(keys, leaseMs: 10_000, members: members))
            let note = "10000 " + String(repeating: "n", count: 1025)
            try await refused("a note of 1 KiB", Scripts.progress(keys, id: "a", member: claim.member, text: note))
            func logging(_ lines: [[UInt8]], most: Int = 1000, time: Int = 86_400_000) -> ScriptCall {
                Scripts.log(
                    keys, log: keys.log("a"), member: claim.member, attempt: "1", first: 0, maxLines: most, ttlMs: time,
                    lines: lines)
            }
            try await refused("a line has at most 8 KiB", logging([.init(repeating: 65, count: 8193)]))
            try await refused("at most 1,000 lines", logging(Array(repeating: [65], count: 1001)))
            try await refused("at most 1,000 lines", logging([[65]], most: 1001))
            try await refused("at most 1,000 lines", logging([[65]], time: 86_400_001))
            #expect(try await bench.snapshot() == before)
            let full = "10000 " + String(repeating: "n", count: 1024)
            #expect(try await bench.run(Scripts.progress(keys, id: "a", member: claim.member, text: full)).line == "1")
            #expect(try await bench.run(logging([.init(repeating: 65, count: 8192)])).line == "1")
            let most = (claim, String(repeating: "r", count: 256 * 1024))
            #expect(try await bench.advance(0, finished: [most]).lost == [])
        }
    }

    @Test("Lists of jobs, names of people, reasons and settings that pass a limit are refused")
    func steering() async throws {
        try await ScriptBench.with { bench in
            let (keys, lane, number) = (bench.keys, bench.lane, bench.lastNumber + 1)
            let ids = (0...500).map { bytes("id\($0)") }
            let long = String(repeating: "w", count: 257)
            let calls: [ScriptCall] = [
                Scripts.cancel(keys, lane: lane, number: number, who: "me", states: "", seenMs: 0, ids: ids),
                Scripts.cancel(
                    keys, lane: lane, number: number, who: String(long.dropLast(128)), states: "", seenMs: 0, ids: []),
                Scripts.retryDead(keys, lane: lane, number: number, ids: ids),
                Scripts.remove(keys, lane: lane, number: number, states: "", seenMs: 0, ids: ids),
                Scripts.promote(keys, lane: lane, number: number, ids: ids),
                Scripts.pause(keys, forMs: 0, who: "me", reason: long),
                Scripts.pause(keys, forMs: 0, who: long, reason: ""),
                Scripts.configure(keys, field: "schema", value: "0"),
                Scripts.configure(keys, field: "lease", value: "-1"),
                Scripts.configure(keys, field: "lease", value: "86400001"),
                Scripts.configure(keys, field: "depth_limit", value: "many"),
            ]
            for call in calls {
                let text = try await refusal { try await bench.run(call) }
                #expect(text != nil, "\(call.script.name)")
            }
            let meta = try await bench.snapshot().meta
            #expect(meta == [:])
        }
    }

    @Test("A call that a script refuses for a limit is a typed error, and is not repeated")
    func typed() async throws {
        let reply = RedisServerError(line: Array("STINTLIMIT a call has at most 500 jobs".utf8))
        guard case .failed(let error) = ScriptEvent(.failure(.server(reply)), script: "enqueue") else {
            Issue.record("another event")
            return
        }
        #expect(error.code == .limitExceeded)
        #expect(error.message == "Redis refused the script 'enqueue': a call has at most 500 jobs.")
    }
}
