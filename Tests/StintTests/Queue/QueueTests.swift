// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct QueueTests {
    @Test("A paused queue gives no jobs until it is resumed, and says who paused it and why")
    func pause() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            let worker = TestWorker(stint.core, queue: "mail")
            try await queue.pause(reason: "deploy", by: "ada")
            try await stint.client.enqueue(SendReceipt(orderID: 7))
            #expect(try await worker.claim().isEmpty)
            let pause = try #require(try await stint.inspector.queue("mail").pause)
            #expect(pause.by == "ada")
            #expect(pause.reason == "deploy")
            #expect(pause.until == nil)
            #expect(try await queue.resume())
            #expect(try await !queue.resume())
            #expect(try await worker.claim().count == 1)
        }
    }

    @Test("A pause with a time ends by itself")
    func timedPause() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            try await stint.client.enqueue(SendReceipt(orderID: 7))
            try await queue.pause(for: .seconds(100))
            #expect(try await stint.inspector.queue("mail").pause?.until != nil)
            try await queue.pause(for: .milliseconds(100))
            let worker = TestWorker(stint.core, queue: "mail")
            let isBack = try await stint.eventually { try await worker.claim().count == 1 }
            #expect(isBack)
            #expect(try await stint.inspector.queue("mail").pause == nil)
        }
    }

    @Test("Cancelling answers for each job")
    func cancel() async throws {
        try await withStint { stint in
            let worker = TestWorker(stint.core, queue: "mail")
            let queue = try stint.client.queue("mail")
            let running = try await stint.client.enqueue(SendReceipt(orderID: 1))
            let claims = try await worker.claim()
            let ready = try await stint.client.enqueue(SendReceipt(orderID: 2))
            let delayed = try await stint.client.enqueue(SendReceipt(orderID: 3), options: .init(delay: .seconds(60)))
            let kept = try await stint.client.enqueue(SendReceipt(orderID: 4), options: .init(keep: .seconds(60)))
            let ids = [running.id, ready.id, delayed.id, kept.id, try JobID("nobody")]
            #expect(try await queue.cancel(ids) == [.requested, .cancelled, .cancelled, .cancelled, .notFound])
            #expect(try await queue.cancel([kept.id, ready.id]) == [.ended, .notFound])
            let details = try #require(try await stint.inspector.job(running.id))
            #expect(details.summary.isToBeCancelled)
            #expect(details.cancelRequest?.by == "client")
            try await worker.fail(try #require(claims.first), dead: false)
            let status = try await stint.inspector.queue("mail")
            #expect(status.ready == 0)
            #expect(status.delayed == 0)
            #expect(status.running == 0)
            #expect(status.dead == 0)
            #expect(status.kept == 1)
            #expect(status.totals.cancelled == 4)
        }
    }

    @Test("Dead jobs are retried with all their attempts, unless their key was taken meanwhile")
    func retryDead() async throws {
        try await withStint { stint in
            let worker = TestWorker(stint.core, queue: "mail")
            let queue = try stint.client.queue("mail")
            let keyed = JobOptions(unique: .key("k"))
            let first = try await stint.client.enqueue(SendReceipt(orderID: 1), options: keyed)
            try await worker.fail(try #require(try await worker.claim().first))
            let second = try await stint.client.enqueue(SendReceipt(orderID: 2), options: keyed)
            #expect(try await queue.retryDead([first.id, second.id]) == [.keyTaken, .notDead])
            #expect(try await worker.drain() == 1)
            #expect(try await queue.retryDead([first.id, second.id]) == [.ready, .notFound])
            let job = try #require(try await stint.inspector.job(first.id))
            #expect(job.summary.attempt == 0)
            #expect(job.failures.map(\.text) == ["broken"])
        }
    }

    @Test("Jobs are removed and promoted, whatever the number of ids")
    func removeAndPromote() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            let receipts = try await stint.client.enqueue(
                contentsOf: (0..<450).map { SendReceipt(orderID: $0) }, options: .init(delay: .seconds(60)))
            let ids = receipts.map(\.id)
            let promoted = try await queue.promote(ids)
            #expect(promoted == Array(repeating: .ready, count: 450))
            #expect(try await queue.promote([ids[0], JobID("nobody")]) == [.notDelayed, .notFound])
            let claims = try await TestWorker(stint.core, queue: "mail").claim()
            #expect(claims.map(\.id) == [ids[0]])
            let removed = try await queue.remove(ids)
            #expect(removed == [.running] + Array(repeating: .removed, count: 449))
            let status = try await stint.inspector.queue("mail")
            #expect(status.ready == 0)
            #expect(status.running == 1)
        }
    }

    @Test("A purge deletes what it is told to, in slices, and leaves running jobs alone")
    func purge() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            let worker = TestWorker(stint.core, queue: "mail")
            let payload = [UInt8](repeating: 1, count: 600)
            try await stint.client.enqueue(
                contentsOf: (0..<700).map { RawJob(name: "n\($0)", payload: payload, options: .init(queue: "mail")) })
            try await stint.client.enqueue(
                contentsOf: (0..<10).map { SendReceipt(orderID: $0) }, options: .init(delay: .seconds(60)))
            _ = try await worker.claim(5)
            var progress: [Int] = []
            #expect(try await queue.purge([.ready]) { progress.append($0) } == 695)
            #expect(progress == [200, 400, 600, 695])
            var status = try await stint.inspector.queue("mail")
            #expect(status.ready == 0)
            #expect(status.delayed == 10)
            #expect(try await queue.purge(Set(Queue.PurgeTarget.allCases)) == 10)
            status = try await stint.inspector.queue("mail")
            #expect(status.running == 5)
            #expect(status.totals.purged == 705)
            #expect(try await stint.command("HLEN", stint.core.keys(queue: "mail").jobs).integerValue == 5)
            #expect(try await stint.command("HLEN", stint.core.keys(queue: "mail").big).integerValue == 5)
        }
    }

    @Test("A purge leaves what comes after it began, also where workers claim meanwhile")
    func purgeLater() async throws {
        try await withStint { stint in
            try await stint.client.enqueue(contentsOf: (0..<450).map { SendReceipt(orderID: $0) })
            let worker = TestWorker(stint.core, queue: "mail")
            var claims: [TestWorker.Claim] = []
            let deleted = try await stint.client.queue("mail").purge([.ready]) { deleted in
                guard deleted == 200 else { return }
                do {
                    try await stint.passMillisecond()
                    try await stint.client.enqueue(contentsOf: (450..<700).map { SendReceipt(orderID: $0) })
                    claims = try await worker.claim(100)
                } catch {
                    Issue.record(error)
                }
            }
            #expect(claims.count == 100)
            #expect(deleted == 350)
            #expect(try await stint.enqueued(SendReceipt.self).map(\.orderID).sorted() == Array(450..<700))
        }
    }

    @Test("A purge of delayed jobs leaves later ones that are due before them, and misses none of the old")
    func purgeDelayedLater() async throws {
        try await withStint { stint in
            let late = JobOptions(delay: .seconds(7_000))
            let early = JobOptions(delay: .seconds(600))
            try await stint.client.enqueue(contentsOf: (0..<450).map { SendReceipt(orderID: $0) }, options: late)
            let queue = try stint.client.queue("mail")
            var fresh: [JobID] = []
            let deleted = try await queue.purge([.delayed]) { deleted in
                do {
                    if deleted == 200 {
                        try await stint.passMillisecond()
                        let jobs = (450..<750).map { SendReceipt(orderID: $0) }
                        fresh = try await stint.client.enqueue(contentsOf: jobs, options: early).map(\.id)
                    } else if !fresh.isEmpty {
                        // What was passed over leaves, so that others move up into its place.
                        _ = try await queue.promote(Array(fresh.prefix(150)))
                        fresh = []
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(deleted == 450)
            let status = try await stint.inspector.queue("mail")
            #expect([status.delayed, status.ready] == [150, 150])
        }
    }

    @Test("A purge of dead jobs leaves those that died after it began, and what was retried meanwhile")
    func purgeDeadLater() async throws {
        try await withStint { stint in
            let worker = TestWorker(stint.core, queue: "mail")
            let queue = try stint.client.queue("mail")
            func die(_ numbers: Range<Int>) async throws -> [JobID] {
                try await stint.client.enqueue(contentsOf: numbers.map { SendReceipt(orderID: $0) })
                var ids: [JobID] = []
                while let claim = try await worker.claim().first {
                    try await worker.fail(claim)
                    ids.append(claim.id)
                }
                return ids
            }
            let old = try await die(0..<250)
            let deleted = try await queue.purge([.dead]) { deleted in
                guard deleted == 200 else { return }
                do {
                    try await stint.passMillisecond()
                    _ = try await die(250..<260)
                    _ = try await queue.retryDead(Array(old.suffix(10)))
                } catch {
                    Issue.record(error)
                }
            }
            #expect(deleted == 240)
            let status = try await stint.inspector.queue("mail")
            #expect([status.dead, status.ready] == [10, 10])
        }
    }

    @Test("What changed since somebody looked is left alone")
    func changed() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            let id = try JobID("order-7")
            let options = JobOptions(id: id, keep: .seconds(60))
            let worker = TestWorker(stint.core, queue: "mail")
            try await stint.client.enqueue(SendReceipt(orderID: 7), options: options)
            #expect(try await worker.drain() == 1)
            let page = try await stint.inspector.jobs(queue: "mail", state: .completed)
            #expect(page.jobs.map(\.id) == [id])
            // Its record runs out, and a producer enqueues another under its id.
            #expect(try await queue.remove([id], ifIn: [.completed], enqueuedBy: page.date) == [.removed])
            try await stint.passMillisecond()
            try await stint.client.enqueue(SendReceipt(orderID: 8), options: options)
            #expect(try await queue.remove([id], enqueuedBy: page.date) == [.changed])
            #expect(try await queue.remove([id], ifIn: [.completed]) == [.changed])
            #expect(try await queue.remove([id], ifIn: []) == [.changed])
            #expect(try await queue.cancel([id], ifIn: [.delayed, .running]) == [.changed])
            #expect(try await queue.cancel([id], enqueuedBy: page.date) == [.changed])
            #expect(try await queue.cancel([id], ifIn: [.ready], enqueuedBy: .distantFuture) == [.cancelled])
            #expect(try await queue.cancel([id], ifIn: [.ready]) == [.ended])
        }
    }

    @Test("A Redis that is full can be looked after by a process that begins then")
    func full() async throws {
        try await withStint { stint in
            let ids = try await stint.client.enqueue(contentsOf: (0..<3).map { SendReceipt(orderID: $0) }).map(\.id)
            try await stint.client.enqueue(SendReceipt(orderID: 4), options: .init(delay: .seconds(600)))
            // What a command may need is bounded by what is used already.
            try await stint.command("CONFIG", "SET", "maxmemory", "1")
            let fresh = try StintClient(.init(redis: stint.url), logger: stint.client.logger)
            let queue = try fresh.queue("mail")
            #expect(await code { try await fresh.enqueue(SendReceipt(orderID: 9)) } == .redisFull)
            let names = try await stint.command("SMEMBERS", "{stint}:queues")
            #expect(
                await code { try await fresh.enqueue(name: "n", payload: [], options: .init(queue: "new")) }
                    == .redisFull)
            #expect(try await stint.command("SMEMBERS", "{stint}:queues") == names, "a refused enqueue leaves nothing")
            try await queue.pause(reason: "full")
            try await queue.setDepthLimit(3)
            try await queue.lowerLease(to: .seconds(3))
            #expect(try await queue.resume())
            #expect(try await queue.cancel([ids[0]]) == [.cancelled])
            #expect(try await queue.remove([ids[1]]) == [.removed])
            #expect(try await queue.purge([.ready, .delayed]) == 2)
            await fresh.shutdown()
        }
    }

    @Test("The lease is lowered only by its own command")
    func lease() async throws {
        try await withStint { stint in
            try await stint.client.enqueue(SendReceipt(orderID: 1))
            _ = try await TestWorker(stint.core, queue: "mail").claim()
            #expect(try await stint.inspector.queue("mail").leaseMilliseconds == 10_000)
            try await stint.client.queue("mail").lowerLease(to: .seconds(3))
            #expect(try await stint.inspector.queue("mail").leaseMilliseconds == 3_000)
        }
    }

    @Test("Arguments are checked before anything is sent")
    func validation() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            #expect(await code { try await queue.pause(for: .zero) } == .invalidInput)
            #expect(await code { try await queue.pause(reason: "a\u{1b}[31m") } == .invalidInput)
            #expect(await code { try await queue.setDepthLimit(-1) } == .invalidInput)
            #expect(await code { try await queue.lowerLease(to: .zero) } == .invalidInput)
            #expect(throws: StintError.self) { try stint.client.queue("No Such") }
            let outcomes = try await queue.cancel([])
            #expect(outcomes.isEmpty)
        }
    }
}

extension TestStint {
    /// Waits until Redis time is in another millisecond, so that what comes then is later than what was.
    fileprivate func passMillisecond() async throws {
        func now() async throws -> [RedisValue] {
            let time = try await command("TIME").arrayValue ?? []
            return [time[0], .integer((time[1].integerValue ?? 0) / 1000)]
        }
        let before = try await now()
        while try await now() == before {}
    }
}
