// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintTesting

/// Enqueues jobs and writes down each id that was acknowledged.
struct ProduceFixture: Sendable {
    private let url: String
    private let queue: String
    private let count: Int
    private let isBulk: Bool
    private let job: Append
    private let log: LineFile

    init(_ arguments: FixtureArguments) throws {
        url = try arguments.text("redis")
        queue = try arguments.text("queue", "default")
        count = try arguments.number("count")
        isBulk = try arguments.text("mode", "single") == "bulk"
        job = Append(sleep: try arguments.number("sleep", 0))
        log = try LineFile(try arguments.text("log"))
    }

    func run() async throws -> Int32 {
        let logger = Logger(label: "fixture", factory: { StreamLogHandler.standardError(label: $0) })
        let client = try StintClient(.init(redis: url), logger: logger)
        do {
            if isBulk { try await bulk(client) } else { try await single(client) }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        return 0
    }

    /// One by one, 64 calls in flight.
    private func single(_ client: StintClient) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    for _ in stride(from: caller, to: count, by: 64) {
                        let receipt = try await client.enqueue(job, options: .init(queue: queue))
                        log.append(receipt.id.description)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func bulk(_ client: StintClient) async throws {
        var left = count
        while left > 0 {
            let slice = Array(repeating: job, count: min(left, 500))
            for receipt in try await client.enqueue(contentsOf: slice, options: .init(queue: queue)) {
                log.append(receipt.id.description)
            }
            left -= slice.count
        }
    }
}
