// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct InspectorTests {
    @Test("A queue's counts are exact, tombstones left out")
    func counts() async throws {
        try await withStint { stint in
            var receipts: [EnqueueReceipt] = []
            for priority in JobPriority.allCases {
                receipts += try await stint.client.enqueue(
                    contentsOf: (0..<3).map { SendReceipt(orderID: $0) }, options: .init(priority: priority))
            }
            try await stint.client.enqueue(SendReceipt(orderID: 9), options: .init(delay: .seconds(90)))
            try await stint.client.queue("mail").cancel([receipts[3].id, receipts[11].id])
            let status = try await stint.inspector.queue("mail")
            #expect(status.readyByPriority == [3, 2, 3, 2])
            #expect(status.ready == 10)
            #expect(status.delayed == 1)
            #expect(status.totals.enqueued == 13)
            #expect(try #require(status.oldestReadyAge) >= 0)
            #expect(try abs(#require(status.nextDue).timeIntervalSince(status.date) - 90) < 5)
            #expect(status.schema == 1)
            #expect(status.pause == nil)
            let page = try await stint.inspector.jobs(queue: "mail", state: .ready)
            #expect(page.jobs.count == 10)
            #expect(page.total == 10)
            #expect(page.nextOffset == nil)
            #expect(page.jobs.map(\.priority) == page.jobs.map(\.priority).sorted())
        }
    }

    @Test("All queues are listed by name; one that was never used is empty")
    func queues() async throws {
        try await withStint { stint in
            for queue in ["b", "a", "c"] {
                try await stint.client.enqueue(name: "n", payload: [], options: .init(queue: queue))
            }
            #expect(try await stint.inspector.queues().map(\.name) == ["a", "b", "c"])
            let status = try await stint.inspector.queue("never")
            #expect(status.ready == 0)
            #expect(status.schema == nil)
        }
    }

    @Test("Namespaces on one Redis do not see each other")
    func namespaces() async throws {
        try await withStint { stint in
            let other = try StintClient(.init(redis: stint.url, namespace: "other"), logger: stint.client.logger)
            try await other.enqueue(SendReceipt(orderID: 1))
            #expect(try await stint.inspector.queues().isEmpty)
            #expect(try await other.inspector.queues().map(\.ready) == [1])
            await other.shutdown()
        }
    }

    @Test("Pages follow each other without gaps, in both directions, in every state")
    func pages() async throws {
        try await withStint { stint in
            let receipts = try await stint.client.enqueue(contentsOf: (0..<230).map { SendReceipt(orderID: $0) })
            try await stint.client.queue("mail").cancel([receipts[0].id, receipts[100].id, receipts[229].id])
            let live = receipts.map(\.id).filter { ![receipts[0].id, receipts[100].id, receipts[229].id].contains($0) }
            for newestFirst in [false, true] {
                var ids: [JobID] = []
                var offset: Int? = 0
                while let from = offset {
                    let page = try await stint.inspector.jobs(
                        queue: "mail", state: .ready, offset: from, limit: 33, newestFirst: newestFirst)
                    #expect(page.jobs.count <= 33)
                    #expect(page.total == 227)
                    ids += page.jobs.map(\.id)
                    offset = page.nextOffset
                }
                #expect(ids == (newestFirst ? live.reversed() : live))
            }
            let worker = TestWorker(stint.core, queue: "mail")
            let claims = try await worker.claim(20)
            try await worker.fail(claims[0])
            let running = try await stint.inspector.jobs(queue: "mail", state: .running)
            #expect(Set(running.jobs.map(\.id)) == Set(claims.dropFirst().map(\.id)))
            #expect(running.jobs.allSatisfy { $0.node == "tester" && $0.attempt == 1 })
            let dead = try await stint.inspector.jobs(queue: "mail", state: .dead)
            #expect(dead.jobs.map(\.id) == [claims[0].id])
            #expect(dead.jobs.first?.reason == "broken")
            let delayed = try await stint.inspector.jobs(queue: "mail", state: .delayed)
            #expect(delayed.jobs.isEmpty)
        }
    }

    @Test("Completed and cancelled jobs that are kept are told apart")
    func kept() async throws {
        try await withStint { stint in
            let receipts = try await stint.client.enqueue(
                contentsOf: (0..<4).map { SendReceipt(orderID: $0) }, options: .init(keep: .seconds(60)))
            try await stint.client.queue("mail").cancel([receipts[1].id])
            let count = try await TestWorker(stint.core, queue: "mail").drain()
            #expect(count == 3)
            let completed = try await stint.inspector.jobs(queue: "mail", state: .completed)
            #expect(completed.jobs.count == 3)
            let cancelled = try await stint.inspector.jobs(queue: "mail", state: .cancelled)
            #expect(cancelled.jobs.map(\.id) == [receipts[1].id])
            let details = try #require(try await stint.inspector.job(receipts[0].id))
            #expect(details.droppedAt != nil)
            #expect(details.startedAt != nil)
        }
    }

    @Test("A job's details hold everything that was said about it")
    func details() async throws {
        try await withStint { stint in
            let options = JobOptions(
                priority: .high, unique: .key("order:7"), window: .seconds(5), retry: .fixed(.seconds(2), attempts: 3),
                timeout: .seconds(9), expiresAfter: .seconds(600), keep: .seconds(60), tags: ["shop": "Köln"])
            let payload = [UInt8](repeating: 9, count: 4_000)
            let receipt = try await stint.client.enqueue(name: "n", payload: payload, options: options)
            let worker = TestWorker(stint.core, queue: "default")
            let claim = try #require(try await worker.claim().first)
            let keys = stint.core.keys(queue: "default")
            _ = try await stint.core.call(
                Scripts.progress(keys, id: claim.id.description, member: claim.lease, text: "2500 a quarter"))
            let lines = ["first", "second", "third"].map { Array($0.utf8) }
            _ = try await stint.core.call(
                Scripts.log(
                    keys, log: keys.log(claim.id.description), member: claim.lease, attempt: "1", first: 0,
                    maxLines: 1_000, ttlMs: 60_000, lines: lines))
            let job = try #require(try await stint.inspector.job(receipt.id))
            #expect(job.summary.state == .running)
            #expect(job.summary.uniqueKey == "order:7")
            #expect(job.summary.tags == ["shop": "Köln"])
            #expect(job.summary.payloadBytes == 4_000)
            #expect(job.payload == payload)
            #expect(job.retry == .fixed(.seconds(2), attempts: 3))
            #expect(job.timeoutMilliseconds == 9_000)
            #expect(job.keepMilliseconds == 60_000)
            #expect(job.windowMilliseconds == 5_000)
            #expect(abs(try #require(job.expiresAt).timeIntervalSince(job.summary.enqueuedAt) - 600) < 0.01)
            #expect(job.progress == JobProgress(fraction: 0.25, note: "a quarter"))
            #expect(abs(try #require(job.leaseExpiresAt).timeIntervalSince(job.summary.date) - 10) < 0.01)
            #expect(job.fence == claim.record.fence)
            let log = try await stint.inspector.log(of: receipt.id, limit: 2)
            #expect(log.map(\.text) == ["second", "third"])
            #expect(log.map(\.attempt) == [1, 1])
            let rest = try await stint.inspector.log(of: receipt.id, after: "\(claim.record.fence)-0")
            #expect(rest == log)
            try await worker.fail(claim, dead: false, text: "boom\u{1b}")
            let failed = try #require(try await stint.inspector.job(receipt.id))
            #expect(failed.summary.state == .delayed)
            #expect(failed.failures.map(\.text) == ["boom\u{1b}"])
            #expect(failed.failures.map(\.kind) == [.error])
            #expect(failed.failures.map(\.attempt) == [1])
            let json = try JSONEncoder().encode(failed)
            #expect(try JSONDecoder().decode(JobDetails.self, from: json) == failed)
        }
    }

    @Test("A job is found without naming its queue, also one with an id of its caller's own")
    func lookUp() async throws {
        try await withStint { stint in
            for queue in ["a", "b", "c"] {
                try await stint.client.enqueue(name: "n", payload: [], options: .init(queue: queue))
            }
            let id = try JobID("my-own")
            try await stint.client.enqueue(name: "mine", payload: [], options: .init(queue: "c", id: id))
            #expect(try await stint.inspector.job(id)?.summary.queue == "c")
            #expect(try await stint.inspector.job(JobID("other")) == nil)
        }
    }

    @Test("Nodes are read leniently")
    func nodes() async throws {
        try await withStint { stint in
            let keys = stint.core.keys
            let beats = [
                ("good01", #"{"host":"h","pid":7,"slots":4,"busy":1,"queues":[{"name":"mail","weight":3}],"jobs":[]}"#),
                ("newer2", #"{"host":["x"],"slots":"many","queues":"all","more":1}"#), ("bad003", "{"),
            ]
            for (node, details) in beats {
                _ = try await stint.core.call(
                    Scripts.beat(
                        queues: keys.queues, nodes: keys.nodes, nodeDetails: keys.nodeDetails, node: node,
                        details: details, served: [Array("mail".utf8)]))
            }
            let nodes = try await stint.inspector.nodes()
            #expect(Set(nodes.map(\.id)) == ["good01", "newer2", "bad003"])
            let good = try #require(nodes.first { $0.id == "good01" })
            #expect(good.host == "h")
            #expect(good.pid == 7)
            #expect(good.slots == 4)
            #expect(good.running == 1)
            #expect(good.queues == [.init(name: "mail", weight: 3)])
            #expect(good.age < 5)
            #expect(try await stint.inspector.queueNames() == ["mail"])
        }
    }

    @Test("Recent ends are a look back at what was not kept")
    func recent() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 1))
            let count = try await TestWorker(stint.core, queue: "mail").drain()
            #expect(count == 1)
            #expect(try await stint.inspector.recent(queue: "mail").map(\.id) == [receipt.id])
        }
    }

    @Test("Arguments are checked")
    func validation() async throws {
        try await withStint { stint in
            let inspector = stint.inspector
            let codes = [
                await code { _ = try await inspector.jobs(queue: "mail", state: .ready, limit: 0) },
                await code { _ = try await inspector.jobs(queue: "mail", state: .ready, offset: -1) },
                await code { _ = try await inspector.queue("No") },
                await code { _ = try await inspector.log(of: JobID("a"), after: "x") },
            ]
            #expect(codes == Array(repeating: .invalidInput, count: 4))
            try await stint.client.connect()
        }
    }
}
