// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct EnqueueTests {
    @Test("A job goes to the queue of its type with the options of its type")
    func defaults() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7), options: .init(priority: .urgent))
            #expect(receipt.isNew)
            #expect(receipt.queue == "mail")
            #expect(receipt.id.mayBelong(to: "mail"))
            let job = try #require(try await stint.inspector.job(receipt.id))
            #expect(job.summary.name == "receipt.send")
            #expect(job.summary.state == .ready)
            #expect(job.summary.priority == .urgent)
            #expect(job.summary.maxAttempts == 8)
            #expect(job.timeoutMilliseconds == 30_000)
            #expect(try await stint.enqueued(SendReceipt.self) == [SendReceipt(orderID: 7)])
            #expect(try await stint.inspector.queueNames() == ["mail"])
        }
    }

    @Test("A delayed job is due by Redis time, one for an instant at that instant, one for the past at once")
    func delays() async throws {
        try await withStint { stint in
            let client = stint.client
            let later = try await client.enqueue(name: "n", payload: [], options: .init(delay: .seconds(60)))
            let instant = Date(timeIntervalSinceNow: 3_600)
            let fixed = try await client.enqueue(name: "n", payload: [], options: .init(runAt: instant))
            let past = try await client.enqueue(
                name: "n", payload: [], options: .init(runAt: Date(timeIntervalSince1970: 0)))
            let first = try #require(try await stint.inspector.job(later.id))
            #expect(first.summary.state == .delayed)
            #expect(abs(first.summary.date.timeIntervalSince(first.summary.enqueuedAt) - 60) < 0.01)
            let second = try #require(try await stint.inspector.job(fixed.id))
            #expect(abs(second.summary.date.timeIntervalSince(instant)) < 0.01)
            #expect(try await stint.inspector.job(past.id)?.summary.state == .ready)
        }
    }

    @Test("Payloads arrive byte for byte, in the record or beside it", arguments: [0, 1, 512, 513, 65_536, 1 << 20])
    func payloads(length: Int) async throws {
        try await withStint { stint in
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let receipt = try await stint.client.enqueue(name: "n", payload: payload)
            #expect(try await stint.inspector.job(receipt.id)?.payload == payload)
            let claims = try await TestWorker(stint.core, queue: "default").claim()
            #expect(claims.map(\.payload) == [payload])
        }
    }

    @Test("A payload over the limit is refused before anything is sent")
    func tooLarge() async throws {
        try await withStint(configure: { $0.maxPayloadBytes = 1_000 }) { stint in
            let code = await code {
                try await stint.client.enqueue(name: "n", payload: [UInt8](repeating: 1, count: 1_001))
            }
            #expect(code == .payloadTooLarge)
            let names = try await stint.inspector.queueNames()
            #expect(names == [])
        }
    }

    @Test("1,200 jobs arrive in six calls, each slice in its order")
    func many() async throws {
        try await withFaults { test, client in
            let jobs = (0..<1_200).map { SendReceipt(orderID: $0) }
            let receipts = try await client.enqueue(contentsOf: jobs)
            #expect(receipts.count == 1_200)
            #expect(Set(receipts.map(\.id)).count == 1_200)
            #expect(receipts.filter(\.isNew).count == 1_200)
            #expect(test.faults.count(of: Scripts.enqueueScript) == 6)
            let worker = TestWorker(test.core, queue: "mail")
            var claimed = try await worker.claim(500).map(\.id)
            let rest = try await client.inspector.jobs(queue: "mail", state: .ready, limit: 500)
            #expect(rest.total == 700)
            #expect(rest.nextOffset == 500)
            claimed += try await worker.claim(500).map(\.id)
            #expect(rest.jobs.map(\.id) == Array(claimed[500..<1_000]))
            claimed += try await worker.claim(500).map(\.id)
            // Two lanes carry the slices, so one may overtake another.
            for slice in stride(from: 0, to: 1_200, by: 200).map({ $0..<$0 + 200 }) {
                let ids = Set(receipts[slice].map(\.id))
                let isInOrder = claimed.filter(ids.contains) == receipts[slice].map(\.id)
                #expect(isInOrder)
            }
        }
    }

    @Test("Jobs for several queues go there, and receipts keep the order of the jobs")
    func severalQueues() async throws {
        try await withStint { stint in
            let jobs = (0..<10).map {
                RawJob(name: "n\($0)", options: .init(queue: $0 % 3 == 0 ? "a" : "b"))
            }
            let receipts = try await stint.client.enqueue(contentsOf: jobs)
            #expect(receipts.map(\.queue) == jobs.map { $0.options.queue ?? "" })
            #expect(try await stint.summaries(queue: "a", state: .ready).map(\.name) == ["n0", "n3", "n6", "n9"])
            #expect(try await stint.inspector.queue("b").ready == 6)
            #expect(try await stint.client.enqueue(contentsOf: []).isEmpty)
        }
    }

    @Test("64 concurrent enqueues share calls")
    func concurrent() async throws {
        try await withStint { stint in
            try await stint.client.enqueue(SendReceipt(orderID: -1))
            let before = try await stint.scriptCalls()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in 0..<64 {
                    group.addTask { _ = try await stint.client.enqueue(SendReceipt(orderID: order)) }
                }
                try await group.waitForAll()
            }
            let calls = try await stint.scriptCalls() - before
            #expect(calls < 40, "\(calls) calls for 64 jobs")
            let orders = try await stint.enqueued(SendReceipt.self).map(\.orderID)
            #expect(Set(orders) == Set(-1..<64))
        }
    }

    @Test("A queue at its depth limit refuses: a single enqueue throws, a slice says which")
    func depthLimit() async throws {
        try await withStint { stint in
            try await stint.client.queue("mail").setDepthLimit(3)
            let receipts = try await stint.client.enqueue(contentsOf: (0..<5).map { SendReceipt(orderID: $0) })
            #expect(receipts.map(\.outcome) == [.enqueued, .enqueued, .enqueued, .queueFull, .queueFull])
            #expect(await code { try await stint.client.enqueue(SendReceipt(orderID: 9)) } == .queueFull)
            #expect(try await stint.inspector.queue("mail").depthLimit == 3)
            try await stint.client.queue("mail").setDepthLimit(nil)
            #expect(try await stint.client.enqueue(SendReceipt(orderID: 9)).isNew)
        }
    }

    @Test("A client that was shut down has sent what waited, and refuses more")
    func shutdown() async throws {
        try await withStint { stint in
            let other = try StintClient(.init(redis: stint.url), logger: stint.client.logger)
            async let receipts = other.enqueue(contentsOf: (0..<600).map { SendReceipt(orderID: $0) })
            _ = try await stint.eventually { try await stint.inspector.queue("mail").ready > 0 }
            await other.shutdown()
            #expect(try await receipts.count == 600)
            #expect(await code { try await other.enqueue(SendReceipt(orderID: 1)) } == .closed)
        }
    }
}

extension TestStint {
    /// How often scripts were called, as Redis counts EVALSHA and EVAL.
    func scriptCalls() async throws -> Int {
        let info = try await command("INFO", "commandstats").string ?? ""
        let fields = ServerCheck.fields(info)
        return ["cmdstat_evalsha", "cmdstat_eval"].reduce(0) { sum, field in
            let calls = fields[field]?.split(separator: ",").first?.split(separator: "=").last.flatMap { Int($0) } ?? 0
            return sum + calls
        }
    }
}
