// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting
import Testing

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
