// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

@Suite struct LostReplyTests {
    @Test("A lost reply adds one job and returns its receipt")
    func lostReply() async throws {
        try await withFaults { test, client in
            test.faults.apply([.loseReply, .loseReply], to: Scripts.enqueueScript)
            let receipt = try await client.enqueue(SendReceipt(orderID: 7))
            #expect(receipt.isNew)
            let status = try await client.inspector.queue("mail")
            #expect(status.ready == 1)
            #expect(status.totals.enqueued == 1)
        }
    }

    @Test("A lost request is repeated; a lane whose opening was lost is replaced")
    func lostRequest() async throws {
        try await withFaults { test, client in
            test.faults.apply([.loseRequest], to: Scripts.enqueueScript)
            let first = try await client.enqueue(SendReceipt(orderID: 7))
            #expect(first.isNew)
            test.faults.apply([.loseReply], to: Scripts.openLaneScript)
            let second = try await client.enqueue(name: "n", payload: [])
            #expect(second.isNew)
            #expect(try await client.inspector.queue("mail").ready == 1)
            #expect(try await client.inspector.queue("default").ready == 1)
        }
    }

    @Test("The receipt is the same when the job has run and is gone before the repetition")
    func jobGone() async throws {
        try await withFaults { test, client in
            let worker = TestWorker(test.core, queue: "mail")
            let ran = Mutex(0)
            let drain: @Sendable () async -> Void = {
                let count = (try? await worker.drain()) ?? 0
                ran.withLock { $0 += count }
            }
            test.faults.apply([.loseReplyAfter(drain)], to: Scripts.enqueueScript)
            let receipt = try await client.enqueue(SendReceipt(orderID: 7))
            #expect(receipt.isNew)
            #expect(ran.withLock { $0 } == 1)
            #expect(try await worker.drain() == 0)
            #expect(try await client.inspector.job(receipt.id) == nil)
            #expect(try await client.inspector.queue("mail").totals.enqueued == 1)
        }
    }

    @Test("A slice whose reply is lost adds each job once")
    func slice() async throws {
        try await withFaults { test, client in
            test.faults.apply([.none, .loseReply, .loseRequest, .loseReply], to: Scripts.enqueueScript)
            let receipts = try await client.enqueue(contentsOf: (0..<1_200).map { SendReceipt(orderID: $0) })
            #expect(receipts.filter(\.isNew).count == 1_200)
            #expect(try await client.inspector.queue("mail").ready == 1_200)
            #expect(try await client.inspector.queue("mail").totals.enqueued == 1_200)
        }
    }

    @Test("An expired lane is replaced on a first send")
    func laneExpired() async throws {
        try await withFaults { test, client in
            #expect(try await client.enqueue(SendReceipt(orderID: 1)).isNew)
            try await test.deleteLanes()
            #expect(try await client.enqueue(SendReceipt(orderID: 2)).isNew)
            #expect(try await client.inspector.queue("mail").ready == 2)
        }
    }

    @Test("An expired lane makes a repeated call's outcome unknown")
    func laneExpiredWhileUnknown() async throws {
        try await withFaults { test, client in
            test.faults.apply(
                [.loseReplyAfter { try? await test.deleteLanes() }], to: Scripts.enqueueScript)
            #expect(await code { try await client.enqueue(SendReceipt(orderID: 1)) } == .outcomeUnknown)
            let next = try await client.enqueue(SendReceipt(orderID: 2))
            #expect(next.isNew)
        }
    }

    @Test("Replies that say that nothing ran are waited out", arguments: ["LOADING", "BUSY", "TRYAGAIN", "READONLY"])
    func waitedOut(code: String) async throws {
        try await withFaults { test, client in
            let error = RedisFailure.server(RedisServerError(code: code, message: "for a while"))
            test.faults.apply([.fail(error), .fail(error)], to: Scripts.enqueueScript)
            let receipt = try await client.enqueue(SendReceipt(orderID: 7))
            #expect(receipt.isNew)
            #expect(try await client.inspector.queue("mail").ready == 1)
        }
    }

    @Test("A script that breaks off is a bug that names the line, and the next call works")
    func brokenScript() async throws {
        try await withFaults { test, client in
            let error = RedisFailure.server(
                RedisServerError(code: "ERR", message: "user_script:5: attempt to index a nil value"))
            test.faults.apply([.fail(error)], to: Scripts.enqueueScript)
            do {
                try await client.enqueue(SendReceipt(orderID: 7))
                Issue.record("nothing was thrown")
            } catch let error as StintError {
                #expect(error.code == .internalError)
                #expect(error.message.contains(".lua:"))
            }
            #expect(try await client.enqueue(SendReceipt(orderID: 8)).isNew)
        }
    }
}

extension TestCore {
    /// Does what ten minutes do.
    func deleteLanes() async throws {
        let found = try await core.send(RedisCommand("KEYS", "*:lane:*")).arrayValue ?? []
        for key in found.compactMap(\.string) { _ = try await core.send(RedisCommand("DEL", key)) }
    }
}
