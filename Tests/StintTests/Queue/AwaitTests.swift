// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct AwaitTests {
    private let limit = Duration.seconds(60)

    @Test("A result is returned once the job completes", arguments: [3, 5_000])
    func completes(length: Int) async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            let result = [UInt8](repeating: 65, count: length)
            let worker = TestWorker(stint.core, queue: "mail")
            async let outcome = stint.client.result(of: receipt.id, timeout: limit)
            let isFlagged = try await stint.eventually {
                try await stint.inspector.job(receipt.id)?.summary.isAwaited == true
            }
            #expect(isFlagged)
            try await worker.complete(try await worker.claim(), result: result)
            let ended = try await outcome
            #expect(ended.state == .completed)
            #expect(ended.bytes == result)
            #expect(ended.queue == "mail")
            #expect(ended.attempts == 1)
            // The record is kept for a minute, for those who ask later.
            #expect(try await stint.client.result(of: receipt.id, timeout: limit) == ended)
        }
    }

    @Test("The end of a job wakes those who wait for it; none of them needs to look by itself")
    func woken() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7), options: .init(isAwaited: true))
            let worker = TestWorker(stint.core, queue: "mail")
            let watch = EndedWatch(core: stint.core, interval: .seconds(86_400))
            let ticket = watch.join(receipt.id, queue: "mail", timeout: limit)
            let channel = stint.core.keys(queue: "mail").ended
            let isHeard = try await stint.eventually {
                try await stint.command("PUBSUB", "NUMSUB", channel).arrayValue?.last == .integer(1)
            }
            #expect(isHeard)
            try await worker.complete(try await worker.claim())
            var state: JobState?
            for await _ in ticket.looks {
                state = try await stint.inspector.job(receipt.id)?.summary.state
                if state == .completed { break }
            }
            #expect(state == .completed)
            watch.leave(ticket)
        }
    }

    @Test("A result is decoded as the type asked for, or is undecodable")
    func decoded() async throws {
        try await withStint { stint in
            let worker = TestWorker(stint.core, queue: "mail")
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7), options: .init(isAwaited: true))
            try await worker.complete(try await worker.claim(), result: Array("[1,2]".utf8))
            #expect(try await stint.client.result(of: receipt.id, as: [Int].self) == [1, 2])
            #expect(await code { _ = try await stint.client.result(of: receipt.id, as: String.self) } == .undecodable)
            let empty = try await stint.client.enqueue(SendReceipt(orderID: 8), options: .init(isAwaited: true))
            try await worker.complete(try await worker.claim())
            #expect(await code { _ = try await stint.client.result(of: empty.id, as: [Int].self) } == .undecodable)
        }
    }

    @Test("What a handler of one line returns is the job's result")
    func ofOneLine() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7), options: .init(isAwaited: true))
            try await stint.drain { Handle(SendReceipt.self) { job, _ in job.orderID + 1 } }
            #expect(try await stint.client.result(of: receipt.id, as: Int.self) == 8)
        }
    }

    @Test("A dead job throws its reason; its outcome can be asked for as well")
    func dead() async throws {
        try await withStint { stint in
            let worker = TestWorker(stint.core, queue: "mail")
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            let claims = try await worker.claim()
            async let outcome = stint.client.outcome(of: receipt.id, timeout: limit)
            try await worker.fail(try #require(claims.first), text: "no such order")
            let ended = try await outcome
            #expect(ended.state == .dead)
            #expect(ended.reason == "no such order")
            do {
                _ = try await stint.client.result(of: receipt.id)
                Issue.record("nothing was thrown")
            } catch let error as StintError {
                #expect(error.code == .jobFailed)
                #expect(error.message.contains("no such order"))
            }
        }
    }

    @Test("A cancelled job throws")
    func cancelled() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7), options: .init(isAwaited: true))
            async let outcome = stint.client.outcome(of: receipt.id, queue: "mail", timeout: limit)
            try await stint.client.queue("mail").cancel([receipt.id], by: "ada")
            #expect(try await outcome.reason == "cancelled by ada")
            #expect(await code { _ = try await stint.client.result(of: receipt.id) } == .jobCancelled)
        }
    }

    @Test("What is not there, or ended and was not kept, is not found")
    func notFound() async throws {
        try await withStint { stint in
            let id = try JobID("nobody")
            #expect(await code { _ = try await stint.client.result(of: id) } == .jobNotFound)
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            let count = try await TestWorker(stint.core, queue: "mail").drain()
            #expect(count == 1)
            #expect(await code { _ = try await stint.client.result(of: receipt.id, queue: "mail") } == .jobNotFound)
        }
    }

    @Test("A time limit ends the wait and leaves the job alone; so does cancelling the task")
    func timeout() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            let code = await code { _ = try await stint.client.result(of: receipt.id, timeout: .milliseconds(50)) }
            #expect(code == .timedOut)
            let task = Task { try await stint.client.result(of: receipt.id) }
            task.cancel()
            await #expect(throws: StintError.self) { try await task.value }
            #expect(try await stint.inspector.queue("mail").ready == 1)
        }
    }

    @Test("Shutting the client down ends all waits")
    func shutdown() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            let other = try StintClient(.init(redis: stint.url), logger: stint.client.logger)
            let task = Task { try await other.result(of: receipt.id) }
            let isFlagged = try await stint.eventually {
                try await stint.inspector.job(receipt.id)?.summary.isAwaited == true
            }
            #expect(isFlagged)
            await other.shutdown()
            #expect(await code { _ = try await task.value } == .closed)
        }
    }

    @Test("A wait outlasts a Redis that is away")
    func outage() async throws {
        try await withStint { stint in
            let test = TestCore.connect(stint.redis, commandTimeout: .milliseconds(200))
            let client = StintClient(core: test.core)
            let receipt = try await client.enqueue(SendReceipt(orderID: 7), options: .init(isAwaited: true))
            test.faults.set { $0.carries(Scripts.awaitScript) ? .fail(.notSent("nobody there")) : .none }
            async let outcome = client.outcome(of: receipt.id, queue: "mail", timeout: limit)
            let count = try await TestWorker(stint.core, queue: "mail").drain()
            #expect(count == 1)
            let wasAway = try await stint.eventually { test.faults.count(of: Scripts.awaitScript) > 3 }
            #expect(wasAway)
            test.faults.set { _ in .none }
            #expect(try await outcome.state == .completed)
            await client.shutdown()
        }
    }

    @Test("Many wait for many, on one subscription")
    func many() async throws {
        try await withStint { stint in
            let receipts = try await stint.client.enqueue(
                contentsOf: (0..<50).map { SendReceipt(orderID: $0) }, options: .init(isAwaited: true))
            let worker = TestWorker(stint.core, queue: "mail")
            let attempts = try await withThrowingTaskGroup(of: Int.self) { group in
                for receipt in receipts {
                    group.addTask { try await stint.client.result(of: receipt.id, queue: "mail").attempts }
                }
                let count = try await worker.drain()
                #expect(count == 50)
                return try await group.reduce(0, +)
            }
            #expect(attempts == 50)
        }
    }
}
