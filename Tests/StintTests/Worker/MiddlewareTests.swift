// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import InMemoryTracing
import Logging
import Metrics
import MetricsTestKit
import StintRedis
import Synchronization
import Testing
import Tracing

@testable import Stint

@Suite struct MiddlewareTests {
    @Test("The first middleware is outermost, and one may end an attempt without its handler")
    func order() async throws {
        try await WorkerFixture.with { fixture in
            let steps = Mutex<[String]>([])
            let run = try await fixture.client.enqueue(name: "run", payload: [], options: .init())
            let refused = try await fixture.client.enqueue(name: "refused", payload: [], options: .init())
            var options = WorkerFixture.quick
            options.stopsWhenEmpty = true
            let worker = try Worker(fixture.client, slots: 1, options: options) {
                Note(name: "outer", steps: { step in steps.withLock { $0.append(step) } })
                Note(name: "inner", steps: { step in steps.withLock { $0.append(step) } })
            } handlers: {
                Handle(raw: "run") { _, _ in
                    steps.withLock { $0.append("handler") }
                    return .completed
                }
                Handle(raw: "refused") { _, _ in
                    steps.withLock { $0.append("never") }
                    return .completed
                }
            }
            try await worker.run()
            let seen = steps.withLock { $0 }
            #expect(
                seen.filter { !$0.hasPrefix("refused") } == [
                    "run into outer", "run into inner", "handler", "run out of inner", "run out of outer",
                ])
            #expect(seen.contains("refused into outer") && !seen.contains("refused into inner"))
            #expect(try await fixture.record(run.id) == nil)
            let record = try #require(try await fixture.record(refused.id))
            #expect(record.state == .dead)
            #expect(record.reason == "not here")
        }
    }

    @Test("Every attempt is timed and counted, by queue, name and outcome")
    func metrics() async throws {
        let metrics = TestMetrics()
        let clock = Mutex(Duration.zero)
        let middleware = MetricsMiddleware { clock.withLock { $0 } }
        let outcomes: [(JobOutcome, String)] = [
            (.completed, "completed"), (.retry(after: nil, reason: "r"), "retried"), (.dead(reason: "r"), "dead"),
            (.snooze(.seconds(1)), "snoozed"), (.crashed(reason: "r"), "crashed"),
        ]
        try await withMetricsFactory(metrics) {
            for (outcome, _) in outcomes {
                _ = try await middleware.handle([], context: try .test()) { _, _ in
                    clock.withLock { $0 += .milliseconds(7) }
                    return outcome
                }
            }
            for error in [StintError(.internalError, "x"), CancellationError()] as [any Error] {
                await #expect(throws: (any Error).self) {
                    _ = try await middleware.handle([], context: try .test()) { _, _ in
                        clock.withLock { $0 += .milliseconds(7) }
                        throw error
                    }
                }
            }
        }
        for outcome in outcomes.map(\.1) + ["failed", "cancelled"] {
            let dimensions = [("queue", "mail"), ("job", "receipt.send"), ("outcome", outcome)]
            #expect(try metrics.expectCounter("stint.jobs.processed", dimensions).values == [1], "\(outcome)")
            #expect(try metrics.expectTimer("stint.job.duration", dimensions).values == [7_000_000], "\(outcome)")
        }
    }

    @Test("An attempt is a span of its own, linked to the one that enqueued the job")
    func tracing() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            let publish = PublishSpan(name: "receipt.send", queue: "mail")
            publish.end(nil)
            _ = try await TracingMiddleware().handle([], context: try .test(trace: publish.carrier)) { _, _ in
                .completed
            }
        }
        let spans = tracer.finishedSpans
        try #require(spans.map(\.operationName) == ["publish receipt.send", "process receipt.send"])
        #expect(spans[1].kind == .consumer)
        #expect(spans[1].parentSpanID == nil)
        #expect(spans[1].links.map(\.context.inMemorySpanContext?.spanID) == [spans[0].spanID])
    }

    @Test("A handler learns from its lease that it was lost")
    func checkLease() async throws {
        try await WorkerFixture.with { fixture in
            let held = Mutex(false)
            let lost = Mutex<StintError.Code?>(nil)
            _ = try await fixture.client.enqueue(Work())
            try await fixture.running(handlers: {
                Handle(Work.self) { _, context in
                    try context.checkLease()
                    held.withLock { $0 = true }
                    // Cancellation does not end this handler: it looks for itself.
                    let start = ContinuousClock.now
                    while ContinuousClock.now - start < .seconds(20) {
                        do {
                            try context.checkLease()
                        } catch {
                            return lost.withLock { $0 = (error as? StintError)?.code }
                        }
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }) { _ in
                try await eventually("it runs") { held.withLock { $0 } }
                let leases = fixture.client.core.keys(queue: "default").leases
                #expect(try await fixture.command("DEL", leases) == .integer(1))
                try await eventually("it knows") { lost.withLock { $0 } != nil }
            }
            #expect(lost.withLock { $0 } == .leaseLost)
        }
    }
}

/// Writes down when an attempt comes and goes; ends those named `refused`.
private struct Note: JobMiddleware {
    let name: String
    let steps: @Sendable (String) -> Void

    func handle(_ payload: [UInt8], context: JobContext, next: Handle.Body) async throws -> JobOutcome {
        steps("\(context.name) into \(name)")
        guard context.name != "refused" else { return .dead(reason: "not here") }
        let outcome = try await next(payload, context)
        steps("\(context.name) out of \(name)")
        return outcome
    }
}

private struct NoControl: JobControl {
    func setProgress(_ fraction: Double, note: String?) {}
    func log(_ line: String) {}
    func checkLease() {}
}

extension JobContext {
    fileprivate static func test(trace: [String: String] = [:]) throws -> JobContext {
        JobContext(
            id: try JobID("a"), name: "receipt.send", queue: "mail", attempt: 1, maxAttempts: nil, fence: 1,
            deadline: nil, enqueuedAt: Date(timeIntervalSince1970: 0), tags: [:], node: "node01",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, traceContext: trace, control: NoControl())
    }
}
