// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization
import Testing

@testable import Stint

@Suite struct WorkerLeaseTests {
    @Test("A job that runs longer than its lease keeps it")
    func renewal() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipt = try await fixture.client.enqueue(Work())
            var options = WorkerFixture.quick
            options.lease = .seconds(3)
            try await fixture.running(
                options: options, handlers: { Handle(Work.self) { _, _ in try await gate.pass() } }
            ) { _ in
                try await eventually("running") { gate.arrived == 1 }
                let first = try #require(try await fixture.record(receipt.id))
                let start = ContinuousClock.now
                try await eventually("a lease and a half passed") { ContinuousClock.now - start > .seconds(4.5) }
                let later = try #require(try await fixture.record(receipt.id))
                #expect(later.fence == first.fence)
                #expect(later.state == .running)
                #expect(fixture.client.core.reconnects.current == .milliseconds(300))
                gate.open()
                try await eventually("finished") { try await fixture.record(receipt.id) == nil }
            }
            #expect(gate.arrived == 1)
        }
    }

    @Test("A running job sees its cancellation, and ends as cancelled")
    func cancel() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipt = try await fixture.client.enqueue(Work(), options: .init(keep: .seconds(60)))
            try await fixture.running(handlers: { Handle(Work.self) { _, _ in try await gate.pass() } }) { _ in
                try await eventually("running") { gate.arrived == 1 }
                let lane = Lane(
                    core: fixture.client.core, keys: fixture.client.core.keys(queue: "default"), policy: .worker)
                let id = receipt.id.description
                lane.call { lane, number in
                    Scripts.cancel(
                        QueueKeys(queue: "default"), lane: lane, number: number, who: "test", states: "", seenMs: 0,
                        ids: [Array(id.utf8)])
                } completion: { _ in
                }
                try await eventually("cancelled") { try await fixture.record(receipt.id)?.state == .cancelled }
            }
            #expect(gate.arrived == 1)
        }
    }

    @Test("Draining lets running jobs end and claims no others")
    func drain() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipts = try await fixture.client.enqueue(contentsOf: (0..<4).map { Work(number: $0) })
            let worker = try Worker(
                fixture.client, slots: 2, options: WorkerFixture.quick,
                handlers: { Handle(Work.self) { _, _ in try await gate.pass() } })
            let task = Task { try await worker.run() }
            try await eventually("two run") { gate.arrived == 2 }
            worker.drain()
            gate.open()
            try await task.value
            #expect(gate.arrived == 2)
            for receipt in receipts.prefix(2) { #expect(try await fixture.record(receipt.id) == nil) }
            for receipt in receipts.suffix(2) {
                let record = try #require(try await fixture.record(receipt.id))
                #expect(record.state == .ready)
                #expect(record.attempt == 0)
            }
        }
    }

    @Test("What still runs after the drain time goes back to the front, its attempt unused")
    func handBack() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipts = try await fixture.client.enqueue(contentsOf: (0..<4).map { Work(number: $0) })
            var options = WorkerFixture.quick
            options.drainTime = .milliseconds(50)
            let worker = try Worker(
                fixture.client, slots: 2, options: options,
                handlers: { Handle(Work.self) { _, _ in try await gate.pass() } })
            let task = Task { try await worker.run() }
            try await eventually("two run") { gate.arrived == 2 }
            worker.drain()
            try await task.value
            let ready = try await fixture.command("LRANGE", "{stint:default}:ready:2", "0", "-1")
            #expect(ready.arrayValue?.compactMap(\.string) == receipts.map(\.id.description))
            for receipt in receipts { #expect(try await fixture.record(receipt.id)?.attempt == 0) }
            #expect(try await fixture.command("EXISTS", "{stint:default}:leases") == .integer(0))
        }
    }

    @Test("Jobs of a worker that vanished are run by another, which counts as their second attempt")
    func crash() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let runs = Mutex<[Int]>([])
            _ = try await fixture.client.enqueue(contentsOf: (0..<4).map { Work(number: $0) })
            try await fixture.running(
                slots: 4,
                handlers: {
                    Handle(Work.self) { job, context in runs.withLock { $0.append(context.attempt) } }
                }
            ) { survivor in
                survivor.quiet()
                // A claim by somebody who is never heard of again.
                let lane = Lane(core: fixture.client.core, keys: QueueKeys(queue: "default"), policy: .worker)
                lane.call { lane, number in
                    Scripts.advance(
                        QueueKeys(queue: "default"), lane: lane, number: number, leaseMs: 2000, limit: 4,
                        node: "gone00",
                        seenFence: 0)
                } completion: { _ in
                    gate.open()
                }
                try await gate.pass()
                survivor.resume()
                try await eventually("all ran") { runs.withLock { $0.count } == 4 }
            }
            #expect(runs.withLock { $0 } == [2, 2, 2, 2])
        }
    }

    @Test("A job whose last attempt was that of a worker that vanished is told to who finds it")
    func buriedBySweep() async throws {
        try await WorkerFixture.with { fixture in
            let told = Mutex<[String]>([])
            let receipt = try await fixture.client.enqueue(Work(), options: .init(retry: .never))
            let keys = QueueKeys(queue: "default")
            let lane = Lane(core: fixture.client.core, keys: keys, policy: .worker)
            let reply = try await fixture.client.core.call(in: lane) {
                Scripts.advance(keys, lane: $0, number: $1, leaseMs: 1000, limit: 1, node: "gone00", seenFence: 0)
            }
            #expect(reply.arrayValue?[2].arrayValue?.count == 3)
            var options = WorkerFixture.quick
            options.lease = .seconds(1)
            options.onDead = { job in
                told.withLock { $0.append("\(job.id) \(job.name) \(job.queue) \(job.attempt) \(job.reason)") }
            }
            try await fixture.running(options: options, handlers: { Handle(Work.self) { _, _ in } }) { _ in
                try await eventually("told") { told.withLock { !$0.isEmpty } }
            }
            let reason = "no attempts left: lease expired on node gone00"
            #expect(told.withLock { $0 } == ["\(receipt.id) work default 1 \(reason)"])
        }
    }

    @Test("Progress and log lines are written under the lease")
    func progressAndLog() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let receipt = try await fixture.client.enqueue(Work(), options: .init(keep: .seconds(60)))
            try await fixture.running(handlers: {
                Handle(Work.self) { _, context in
                    context.setProgress(0.25, note: "page 1")
                    for line in 0..<300 { context.log("line \(line)") }
                    try await gate.pass()
                    context.log("last line")
                }
            }) { _ in
                let id = receipt.id.description
                try await eventually("progress") {
                    try await fixture.command("HGET", "{stint:default}:progress", id).string == "2500 page 1"
                }
                gate.open()
                try await eventually("completed") { try await fixture.record(receipt.id)?.state == .completed }
                let log = try await fixture.command("XRANGE", "{stint:default}:log:\(id)", "-", "+")
                let lines = log.arrayValue?.compactMap { $0.arrayValue?.last?.arrayValue?.last?.string }
                #expect(lines?.count == 301)
                #expect(lines?.last == "last line")
                #expect(lines?.first == "line 0")
            }
        }
    }
}
