// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// How a worker begins and ends, and what its log says of it.
@Suite struct WorkerEndTests {
    @Test("A clean stop warns of nothing")
    func cleanStop() async throws {
        try await ErrorBench.with { bench in
            let worker = try Worker(bench.client, options: WorkerFixture.quick) { Handle(Work.self) { _, _ in } }
            let task = Task { try await worker.run() }
            try await eventually("it waits for jobs") {
                try await bench.command("INFO", "clients").string?.contains("blocked_clients:1") == true
            }
            worker.drain()
            try await task.value
            await bench.client.shutdown()
            #expect(bench.log.having("").filter { $0.level >= .warning }.map(\.message) == [])
        }
    }

    @Test("A worker that Redis does not answer at its end names the jobs whose ends were not recorded, and throws")
    func silentRedis() async throws {
        try await ErrorBench.with { bench in
            let gate = Gate()
            var options = WorkerFixture.quick
            options.lease = .seconds(3000)
            options.drainTime = .milliseconds(100)
            let worker = try Worker(bench.client, options: options) {
                Handle(Work.self) { _, _ in try await gate.pass() }
            }
            let receipt = try await bench.client.enqueue(Work())
            let task = Task { try await worker.run() }
            try await eventually("the job runs") { gate.arrived == 1 }
            bench.redis.kill()
            gate.open()
            worker.drain()
            #expect(await code { try await task.value } == .outcomeUnknown)
            let named = bench.log.having("A job's end was not recorded").map { "\($0.metadata["job.id"] ?? "")" }
            #expect(named == [receipt.id.description])
            #expect(bench.log.having("Claim failed").isEmpty)
        }
    }

    @Test("A worker whose first look at a queue is refused ends, and what it took from another queue goes back")
    func withoutRights() async throws {
        let rights = "user weak on >pw ~{stint}:* ~{stint:good}:* &* +@all"
        try await ErrorBench.with([rights], user: "weak:pw@") { bench in
            let gate = Gate()
            let receipt = try await bench.client.enqueue(Work(), options: .init(queue: "good"))
            let worker = try Worker(bench.client, queues: ["good", "bad"], options: WorkerFixture.quick) {
                Handle(Work.self) { _, _ in try await gate.pass() }
            }
            #expect(await code { try await worker.run() } == .redisRefused)
            let bytes = try await bench.command("HGET", "{stint:good}:jobs", receipt.id.description).bytesValue
            let record = try JobRecord(try #require(bytes))
            #expect(record.state == .ready && record.attempt == 0 && record.crashes == 0)
        }
    }

    @Test("A worker that asks for shorter leases than its queue has says so, once")
    func longerLease() async throws {
        try await ErrorBench.with { bench in
            try await bench.client.enqueue(Work())
            try await bench.command("HSET", "{stint:default}:meta", "lease", "60000")
            let ran = Mutex(0)
            let worker = try Worker(bench.client, options: WorkerFixture.quick) {
                Handle(Work.self) { _, _ in ran.withLock { $0 += 1 } }
            }
            let task = Task { try await worker.run() }
            try await eventually("it is told") { !bench.log.having("The queue's leases are longer").isEmpty }
            try await eventually("the job runs") { ran.withLock { $0 } == 1 }
            worker.drain()
            try await task.value
            let told = bench.log.having("The queue's leases are longer")
            #expect(told.map { "\($0.metadata["stint.lease_of_queue"] ?? "")" } == ["60.0 seconds"])
        }
    }

    @Test("The registry is told soon that a worker has begun to run jobs, and that it runs none any more")
    func earlyBeat() async throws {
        try await withFaults { test, client in
            let gate = Gate()
            let settings = WorkerSettings(queues: [.init(name: "default", weight: 1)], slots: 1) { ($0, nil) }
            let attempts = TaskAttempts(
                handlers: try HandlerTable([Handle(Work.self) { _, _ in try await gate.pass() }]), middleware: [],
                onError: nil, logger: test.core.logger)
            let engine = WorkerEngine(
                core: test.core, machine: settings, settings: .init(), attempts: attempts, logger: test.core.logger)
            let heartbeat = Heartbeat(engine: engine, interval: .seconds(3600))
            engine.begin()
            heartbeat.begin()
            try await client.enqueue(Work())
            try await eventually("one runs") { try await client.inspector.nodes().first?.running == 1 }
            gate.open()
            try await eventually("none runs") { try await client.inspector.nodes().first?.running == 0 }
            engine.drain()
            await engine.waitUntilStopped()
            engine.closeLanes()
            withExtendedLifetime(heartbeat) {}
        }
    }

    @Test("A client whose Redis is away warns once, and says when it is back and for how long it was away")
    func outage() async throws {
        let log = LogBook()
        let away = try StintClient(
            .init(redis: "redis+unix:///nonexistent/redis.sock", enqueueTimeout: .seconds(3)), logger: log.logger)
        let task = Task { try await away.enqueue(Work()) }
        #expect(await code { _ = try await task.value } == .redisUnreachable)
        #expect(log.having("Redis cannot be reached").map(\.level) == [.warning])
        await away.shutdown()

        try await ErrorBench.with { bench in
            try await bench.client.enqueue(Work())
            try await bench.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            try await eventually("it is lost") { !bench.log.having("Lost the connection").isEmpty }
            try await bench.client.enqueue(Work())
            let back = bench.log.having("The connection to Redis is back")
            #expect(back.count == 1 && back.first?.metadata["redis.away"] != nil)
        }
    }
}
