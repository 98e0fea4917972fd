// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// A private Redis with a client, for tests that run workers of their own.
struct WorkerFixture: Sendable {
    let redis: PrivateRedis
    let client: StintClient

    /// Runs the body and cleans up after it.
    static func with(_ body: (WorkerFixture) async throws -> Void) async throws {
        try await ServerSlots.shared.run { try await withServer(body) }
    }

    private static func withServer(_ body: (WorkerFixture) async throws -> Void) async throws {
        let redis = try await PrivateRedis.start()
        let client = try StintClient(
            .init(redis: redis.url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await body(WorkerFixture(redis: redis, client: client))
        } catch {
            await client.shutdown()
            await redis.stop()
            throw error
        }
        await client.shutdown()
        await redis.stop()
    }

    /// Options for quick tests: short grace, and a lease that a machine out of breath does not lose.
    static var quick: WorkerOptions {
        var options = WorkerOptions()
        options.lease = .seconds(20)
        options.grace = .milliseconds(100)
        options.drainTime = .seconds(60)
        return options
    }

    /// Runs a worker while the body runs, then drains it.
    func running(
        queues: [Worker.Queue] = ["default"], slots: Int = 4, options: WorkerOptions = quick,
        @HandleBuilder handlers: () -> [Handle], _ body: (Worker) async throws -> Void
    ) async throws {
        let worker = try Worker(client, queues: queues, slots: slots, options: options, handlers: handlers)
        let task = Task { try await worker.run() }
        do {
            try await body(worker)
        } catch {
            worker.handBack()
            _ = await task.result
            throw error
        }
        worker.drain()
        try await task.value
    }

    /// Returns a job's record, or nil if it is gone.
    func record(_ id: JobID, queue: String = "default") async throws -> JobRecord? {
        let value = try await command("HGET", client.core.keys(queue: queue).jobs, id.description)
        return try value.bytesValue.map { try JobRecord($0) }
    }

    func command(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await client.core.transport.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }
}

/// Waits until the condition holds, at most a minute.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        guard ContinuousClock.now - start < limit else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A gate that handlers wait at until it is opened; waiting ends with the task's cancellation.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let arrivals = Mutex(0)

    var arrived: Int { arrivals.withLock { $0 } }

    var isOpened: Bool { isOpen.withLock { $0 } }

    func open() { isOpen.withLock { $0 = true } }

    func pass() async throws {
        arrivals.withLock { $0 += 1 }
        while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
    }
}

struct Work: Job {
    static let name = "work"
    var number = 0
}
