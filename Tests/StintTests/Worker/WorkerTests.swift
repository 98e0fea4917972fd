// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization
import Testing

@testable import Stint

@Suite struct WorkerTests {
    @Test("A thousand jobs of two queues run once each")
    func thousand() async throws {
        try await WorkerFixture.with { fixture in
            let seen = Mutex<[Int: Int]>([:])
            var options = WorkerFixture.quick
            options.stopsWhenEmpty = true
            let jobs = (0..<500).map { Work(number: $0) }
            _ = try await fixture.client.enqueue(contentsOf: jobs, options: .init(queue: "a"))
            _ = try await fixture.client.enqueue(
                contentsOf: (500..<1000).map { Work(number: $0) }, options: .init(queue: "b"))
            let worker = try Worker(
                fixture.client, queues: [.init("a", weight: 3), "b"], slots: 8, options: options,
                handlers: { Handle(Work.self) { job, _ in seen.withLock { $0[job.number, default: 0] += 1 } } })
            try await worker.run()
            #expect(seen.withLock { $0.count } == 1000)
            #expect(seen.withLock { $0.values.allSatisfy { $0 == 1 } })
            #expect(
                try await fixture.command("EXISTS", "{stint:a}:jobs", "{stint:b}:jobs", "{stint:a}:leases")
                    == .integer(0))
        }
    }

    @Test("A failing job is tried again by its policy, then dead with its errors")
    func retries() async throws {
        try await WorkerFixture.with { fixture in
            let attempts = Mutex<[Int]>([])
            let dead = Mutex<[String]>([])
            var options = WorkerFixture.quick
            options.onDead = { job in dead.withLock { $0.append(job.reason) } }
            let receipt = try await fixture.client.enqueue(
                Work(), options: .init(retry: .fixed(.milliseconds(20), attempts: 3)))
            try await fixture.running(
                options: options,
                handlers: {
                    Handle(Work.self) { _, context in
                        attempts.withLock { $0.append(context.attempt) }
                        throw StintError(.internalError, "no luck")
                    }
                }
            ) { _ in
                try await eventually("dead") { dead.withLock { $0.count } == 1 }
            }
            #expect(attempts.withLock { $0 } == [1, 2, 3])
            let record = try #require(try await fixture.record(receipt.id))
            #expect(record.state == .dead)
            #expect(record.reason?.hasPrefix("no attempts left: no luck") == true)
        }
    }

    @Test("Signals end attempts their own way: dead at once, snoozed without a count, retried after a time")
    func signals() async throws {
        try await WorkerFixture.with { fixture in
            let snoozed = Mutex<[Int]>([])
            let retried = Mutex<[Int]>([])
            let dead = try await fixture.client.enqueue(name: "dead", payload: [], options: .init())
            _ = try await fixture.client.enqueue(name: "snooze", payload: [], options: .init())
            _ = try await fixture.client.enqueue(name: "retry", payload: [], options: .init())
            try await fixture.running(handlers: {
                Handle(raw: "dead") { _, _ in throw JobSignal.dead(reason: "hopeless") }
                Handle(raw: "snooze") { _, context in
                    let count = snoozed.withLock { list in
                        list.append(context.attempt)
                        return list.count
                    }
                    if count < 3 { throw JobSignal.snooze(.milliseconds(10)) }
                    return .completed
                }
                Handle(raw: "retry") { _, context in
                    retried.withLock { $0.append(context.attempt) }
                    if context.attempt == 1 { throw JobSignal.retry(after: .milliseconds(10)) }
                    return .completed
                }
            }) { _ in
                try await eventually("all ended") {
                    snoozed.withLock { $0.count } == 3 && retried.withLock { $0.count } == 2
                }
                try await eventually("dead") { try await fixture.record(dead.id)?.state == .dead }
            }
            #expect(snoozed.withLock { $0 } == [1, 1, 1])
            #expect(retried.withLock { $0 } == [1, 2])
            #expect(try await fixture.record(dead.id)?.reason == "hopeless")
        }
    }

    @Test("A delayed job starts when it is due, never before")
    func delayed() async throws {
        try await WorkerFixture.with { fixture in
            let started = Mutex<ContinuousClock.Instant?>(nil)
            try await fixture.running(handlers: {
                Handle(Work.self) { _, _ in started.withLock { $0 = .now } }
            }) { _ in
                let enqueued = ContinuousClock.now
                _ = try await fixture.client.enqueue(Work(), options: .init(delay: .milliseconds(300)))
                try await eventually("started") { started.withLock { $0 != nil } }
                let start = try #require(started.withLock { $0 })
                #expect(start - enqueued >= .milliseconds(300))
            }
        }
    }

    @Test("An undecodable payload is dead at once, with the reason")
    func undecodable() async throws {
        try await WorkerFixture.with { fixture in
            let receipt = try await fixture.client.enqueue(name: "work", payload: Array("[1".utf8), options: .init())
            try await fixture.running(handlers: { Handle(Work.self) { _, _ in } }) { _ in
                try await eventually("dead") { try await fixture.record(receipt.id)?.state == .dead }
            }
            #expect(try await fixture.record(receipt.id)?.reason?.contains("cannot be decoded") == true)
        }
    }

    @Test("An undecodable result of another job that a handler asked for is an error like any other")
    func undecodableElsewhere() async throws {
        try await WorkerFixture.with { fixture in
            let options = JobOptions(retry: .fixed(.seconds(60), attempts: 3))
            let receipt = try await fixture.client.enqueue(Work(), options: options)
            try await fixture.running(handlers: {
                Handle(Work.self) { _, _ in throw StintError(.undecodable, "The result of another job") }
            }) { _ in
                try await eventually("failed") { try await fixture.record(receipt.id)?.state != .ready }
                try await eventually("ended") { try await fixture.record(receipt.id)?.state != .running }
            }
            #expect(try await fixture.record(receipt.id)?.state == .delayed)
        }
    }

    @Test("A name that no handler takes waits, its attempt unused")
    func unknownName() async throws {
        try await WorkerFixture.with { fixture in
            let receipt = try await fixture.client.enqueue(name: "strange", payload: [], options: .init())
            try await fixture.running(handlers: { Handle(Work.self) { _, _ in } }) { _ in
                try await eventually("handed back") { try await fixture.record(receipt.id)?.state == .delayed }
            }
            let record = try #require(try await fixture.record(receipt.id))
            #expect(record.attempt == 0)
            #expect(record.returns >= 1)
        }
    }

    @Test("An attempt over its timeout is cancelled and counts as a failure")
    func timeout() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipt = try await fixture.client.enqueue(
                Work(), options: .init(retry: .never, timeout: .milliseconds(50)))
            try await fixture.running(handlers: { Handle(Work.self) { _, _ in try await gate.pass() } }) { _ in
                try await eventually("dead") { try await fixture.record(receipt.id)?.state == .dead }
            }
            let record = try #require(try await fixture.record(receipt.id))
            #expect(record.reason?.contains("timed out") == true)
            #expect(record.crashes == 0)
        }
    }

    @Test("A handler that ignores its timeout loses its job, not its slot")
    func wedged() async throws {
        try await WorkerFixture.with { fixture in
            let (released, release) = AsyncStream.makeStream(of: Void.self)
            let wedge = Task { for await _ in released {} }
            let receipt = try await fixture.client.enqueue(
                Work(), options: .init(retry: .never, timeout: .milliseconds(50)))
            try await fixture.running(
                slots: 1,
                handlers: {
                    // Waiting for another task is not ended by one's own cancellation.
                    Handle(Work.self) { _, _ in await wedge.value }
                    Handle(raw: "next") { _, _ in .completed }
                }
            ) { _ in
                try await eventually("dead") { try await fixture.record(receipt.id)?.state == .dead }
                let next = try await fixture.client.enqueue(name: "next", payload: [], options: .init())
                // The only slot is still taken: the job waits.
                #expect(try await fixture.record(next.id)?.state == .ready)
                release.finish()
                try await eventually("ran") { try await fixture.record(next.id) == nil }
            }
        }
    }

    @Test("No more jobs of a name run at a time than its handler allows, and others pass them")
    func cap() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let running = Mutex((now: 0, most: 0))
            let others = Mutex(0)
            _ = try await fixture.client.enqueue(contentsOf: (0..<5).map { Work(number: $0) })
            for _ in 0..<6 { _ = try await fixture.client.enqueue(name: "other", payload: [], options: .init()) }
            try await fixture.running(
                slots: 4,
                handlers: {
                    Handle(Work.self, limit: 2) { _, _ in
                        running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        try await gate.pass()
                        running.withLock { $0.now -= 1 }
                    }
                    Handle(raw: "other") { _, _ in
                        others.withLock { $0 += 1 }
                        return .completed
                    }
                }
            ) { _ in
                try await eventually("the others passed") { others.withLock { $0 } == 6 }
                gate.open()
                try await eventually("all ran") { gate.arrived == 5 }
            }
            #expect(running.withLock { $0.most } == 2)
        }
    }
}
