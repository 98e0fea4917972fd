// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// Workers and producers on a group of servers whose primary fails.
@Suite struct SentinelWorkerTests {
    @Test("A worker and a producer outlive the kill of the primary, and all that is accepted afterwards runs")
    func kill() async throws {
        try await failover { try await $0.killPrimary() }
    }

    @Test("A worker and a producer outlive a primary that hangs and wakes up with old data")
    func suspended() async throws {
        try await failover { try await $0.suspendPrimary() }
    }

    private func failover(_ fail: (PrivateSentinel) async throws -> Int) async throws {
        try await ServerSlots.shared.run {
            // Long enough that a machine out of breath does not fail over by itself.
            let group = try await PrivateSentinel.start(downAfter: .seconds(3))
            let client = try StintClient(
                .init(redis: group.url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let result: Result<Void, any Error>
            do {
                result = .success(try await run(group, client, fail))
            } catch {
                result = .failure(error)
            }
            await group.stop()
            await client.shutdown()
            try result.get()
        }
    }

    private func run(
        _ group: PrivateSentinel, _ client: StintClient, _ fail: (PrivateSentinel) async throws -> Int
    ) async throws {
        let ran = Mutex<Set<Int>>([])
        let accepted = Mutex<Set<Int>>([])
        var options = WorkerFixture.quick
        options.lease = .seconds(5)
        let worker = try Worker(client, slots: 4, options: options) {
            Handle(Work.self) { job, _ in ran.withLock { _ = $0.insert(job.number) } }
        }
        let working = Task { try await worker.run() }
        let producing = Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                // Its outcome may be unknown at the moment of the failover.
                if (try? await client.enqueue(Work(number: number))) != nil {
                    accepted.withLock { _ = $0.insert(number) }
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
        try await eventually("jobs run") { ran.withLock { $0.count } > 50 }
        let old = try await fail(group)
        try await group.waitForFailover(from: old, within: .seconds(180))
        let epoch = await group.epoch()
        group.servers[old].resume()
        let before = accepted.withLock { $0 }
        try await eventually("jobs are accepted again", within: .seconds(180)) {
            accepted.withLock { $0.count } > before.count + 50
        }
        try await eventually("jobs run again", within: .seconds(180)) {
            let after = accepted.withLock { $0 }.subtracting(before)
            return ran.withLock { $0.intersection(after).count } > 50
        }
        producing.cancel()
        await producing.value
        try await eventually("every loop turns", within: .seconds(180)) { worker.stuckLoops.isEmpty }
        let after = accepted.withLock { $0 }.subtracting(before)
        try await eventually("all that was accepted since runs, unless it failed over again", within: .seconds(180)) {
            if ran.withLock({ after.isSubset(of: $0) }) { return true }
            return await group.epoch() != epoch
        }
        worker.drain()
        try await working.value
    }
}
