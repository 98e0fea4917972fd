// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintTesting
import Testing

// What docs/getting-started.md shows of results, word for word.

struct Add: Job {
    static let name = "add"
    var a: Int
    var b: Int
}

func sum(redis: String, logger: Logger) async throws -> Int {
    let client = try StintClient(.init(redis: redis), logger: logger)
    let worker = try Worker(client, handlers: { Handle(Add.self) { job, _ in job.a + job.b } })
    let working = Task { try await worker.run() }
    let receipt = try await client.enqueue(Add(a: 1, b: 2), options: .init(isAwaited: true))
    let result = try await client.result(of: receipt.id, as: Int.self, timeout: .seconds(10))
    worker.drain()
    try await working.value
    await client.shutdown()
    return result
}

@Test func aResultIsReturned() async throws {
    try await withStint { stint in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let result = try await sum(redis: stint.url, logger: logger)
        #expect(result == 3)
    }
}

// The test of docs/getting-started.md, word for word.

private struct SendReceipt: Job {
    static let name = "receipt.send"
    static let defaults = JobOptions(queue: "mail", retry: .exponential(attempts: 8), timeout: .seconds(30))
    var orderID: Int
}

@Test func aReceiptIsSent() async throws {
    try await withStint { stint in
        try await stint.client.enqueue(SendReceipt(orderID: 7))
        #expect(try await stint.enqueued(SendReceipt.self).map(\.orderID) == [7])
        let report = try await stint.drain {
            Handle(SendReceipt.self) { job, _ in #expect(job.orderID == 7) }
        }
        #expect(report.completed == 1)
    }
}
