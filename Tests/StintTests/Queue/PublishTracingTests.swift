// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import StintTesting
import Testing
import Tracing

@testable import Stint

@Suite struct PublishTracingTests {
    @Test("An enqueue is a span, whose context travels in the job")
    func span() async throws {
        try await withStint { stint in
            let tracer = InMemoryTracer()
            let receipt = try await withTracer(tracer) {
                try await stint.client.enqueue(SendReceipt(orderID: 7))
            }
            let span = try #require(tracer.finishedSpans.first)
            #expect(span.operationName == "publish receipt.send")
            #expect(span.kind == .producer)
            #expect(span.errors.isEmpty)
            let job = try #require(try await stint.inspector.job(receipt.id))
            #expect(job.traceContext.values.contains(span.spanID))
        }
    }

    @Test("A refused enqueue ends its span with the error")
    func refused() async throws {
        try await withStint { stint in
            let tracer = InMemoryTracer()
            try await stint.client.queue("mail").setDepthLimit(0)
            let code = await code {
                _ = try await withTracer(tracer) { try await stint.client.enqueue(SendReceipt(orderID: 7)) }
            }
            #expect(code == .queueFull)
            #expect(tracer.finishedSpans.first?.errors.count == 1)
        }
    }

    @Test("Without a tracer nothing is added to the job")
    func without() async throws {
        try await withStint { stint in
            let receipt = try await stint.client.enqueue(SendReceipt(orderID: 7))
            #expect(try await stint.inspector.job(receipt.id)?.traceContext == [:])
        }
    }
}
