// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct UniqueTests {
    private func options(
        _ conflict: UniqueKey.Conflict, window: Duration? = nil, expiresAfter: Duration? = nil
    ) -> JobOptions {
        JobOptions(unique: .key("k", onConflict: conflict), window: window, expiresAfter: expiresAfter)
    }

    @Test("Reject: a second job with the key is refused and names the holder, until the first ends")
    func reject() async throws {
        try await withStint { stint in
            let first = try await stint.client.enqueue(name: "n", payload: [1], options: options(.reject))
            do {
                try await stint.client.enqueue(name: "n", payload: [2], options: options(.reject))
                Issue.record("the second job was accepted")
            } catch let error as StintError {
                #expect(error.code == .duplicateJob)
                #expect(error.message.contains(first.id.description))
            }
            #expect(try await TestWorker(stint.core, queue: "default").drain() == 1)
            let next = try await stint.client.enqueue(name: "n", payload: [3], options: options(.reject))
            #expect(next.isNew)
            #expect(next.id != first.id)
        }
    }

    @Test("Existing: the receipt names the holder, also while it runs")
    func existing() async throws {
        try await withStint { stint in
            let first = try await stint.client.enqueue(name: "n", payload: [1], options: options(.existing))
            _ = try await TestWorker(stint.core, queue: "default").claim()
            let second = try await stint.client.enqueue(name: "n", payload: [2], options: options(.existing))
            #expect(second.id == first.id)
            #expect(second.outcome == .existing)
            #expect(try await stint.inspector.job(first.id)?.payload == [1])
        }
    }

    @Test("Replace: a waiting job takes the new data and keeps its id; a running one refuses")
    func replace() async throws {
        try await withStint { stint in
            let big = [UInt8](repeating: 5, count: 2_000)
            let first = try await stint.client.enqueue(name: "n", payload: big, options: options(.replace))
            let second = try await stint.client.enqueue(name: "m", payload: [2], options: options(.replace))
            #expect(second.id == first.id)
            #expect(second.outcome == .replaced)
            let job = try #require(try await stint.inspector.job(first.id))
            #expect(job.payload == [2])
            #expect(job.summary.name == "m")
            #expect(try await stint.command("HLEN", stint.core.keys(queue: "default").big).integerValue == 0)
            _ = try await TestWorker(stint.core, queue: "default").claim()
            let code = await code {
                try await stint.client.enqueue(name: "n", payload: [3], options: options(.replace))
            }
            #expect(code == .duplicateJob)
        }
    }

    @Test("Duplicates inside one call are found as well")
    func inBatch() async throws {
        try await withStint { stint in
            let jobs = [
                RawJob(name: "n", payload: [0], options: options(.reject)),
                RawJob(name: "n", payload: [1], options: options(.reject)),
                RawJob(name: "n", payload: [2], options: options(.existing)),
                RawJob(name: "n", payload: [UInt8](repeating: 3, count: 900), options: options(.replace)),
                RawJob(name: "n", payload: [4], options: options(.replace)),
            ]
            let receipts = try await stint.client.enqueue(contentsOf: jobs)
            #expect(receipts.map(\.outcome) == [.enqueued, .rejected, .existing, .replaced, .replaced])
            #expect(Set(receipts.map(\.id)) == [receipts[0].id])
            #expect(try await stint.inspector.job(receipts[0].id)?.payload == [4])
            #expect(try await stint.command("HLEN", stint.core.keys(queue: "default").big).integerValue == 0)
            #expect(try await stint.inspector.queue("default").ready == 1)
        }
    }

    @Test("An id of the caller's own is taken while the record lasts, and in its window")
    func ownID() async throws {
        try await withStint { stint in
            let id = try JobID("order-7")
            let worker = TestWorker(stint.core, queue: "default")
            #expect(try await stint.client.enqueue(name: "n", payload: [1], options: .init(id: id)).isNew)
            let again = try await stint.client.enqueue(name: "n", payload: [2], options: .init(id: id))
            #expect(again.outcome == .existing)
            #expect(again.id == id)
            #expect(try await worker.drain() == 1)
            let windowed = JobOptions(id: id, window: .seconds(600))
            #expect(try await stint.client.enqueue(name: "n", payload: [3], options: windowed).isNew)
            #expect(try await worker.drain() == 1)
            #expect(try await stint.client.enqueue(name: "n", payload: [4], options: windowed).outcome == .existing)
            #expect(try await stint.inspector.job(id)?.summary.state == .completed)
        }
    }

    @Test("A key stays taken for the window after the end")
    func window() async throws {
        try await withStint { stint in
            let long = options(.existing, window: .seconds(600))
            let first = try await stint.client.enqueue(name: "n", payload: [], options: long)
            let count = try await TestWorker(stint.core, queue: "default").drain()
            #expect(count == 1)
            let second = try await stint.client.enqueue(name: "n", payload: [], options: long)
            #expect(second.id == first.id)
            #expect(second.outcome == .existing)
        }
    }

    @Test("A key is free once its window has passed, though nobody looked after the queue")
    func windowPassed() async throws {
        try await withStint { stint in
            let short = options(.existing, window: .milliseconds(200))
            let first = try await stint.client.enqueue(name: "n", payload: [], options: short)
            let count = try await TestWorker(stint.core, queue: "default").drain()
            #expect(count == 1)
            let isFree = try await stint.eventually {
                let receipt = try await stint.client.enqueue(name: "n", payload: [], options: short)
                return receipt.isNew && receipt.id != first.id
            }
            #expect(isFree)
        }
    }

    @Test("A job that expired before its start is ended when its key is asked for")
    func expired() async throws {
        try await withStint { stint in
            let first = try await stint.client.enqueue(
                name: "n", payload: [], options: options(.reject, expiresAfter: .milliseconds(30)))
            let isFree = try await stint.eventually {
                do {
                    return try await stint.client.enqueue(name: "n", payload: [], options: options(.reject)).isNew
                } catch let error as StintError where error.code == .duplicateJob {
                    return false
                }
            }
            #expect(isFree)
            #expect(try await stint.inspector.job(first.id) == nil)
            let status = try await stint.inspector.queue("default")
            #expect(status.totals.expired == 1)
            #expect(status.ready == 1)
        }
    }
}
