// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Instrumentation
import Tracing

/// Runs every attempt in a span `process <name>` that is linked to the span that enqueued the job.
///
/// A link rather than a parent: a job may start long after the trace that enqueued it has ended.
public struct TracingMiddleware: JobMiddleware {
    /// Creates the middleware.
    public init() {}

    /// Traces one attempt.
    public func handle(_ payload: [UInt8], context: JobContext, next: Handle.Body) async throws -> JobOutcome {
        var origin = ServiceContext.topLevel
        InstrumentationSystem.instrument.extract(context.traceContext, into: &origin, using: TextMapExtractor())
        return try await withSpan("process \(context.name)", context: .topLevel, ofKind: .consumer) { span in
            span.addLink(SpanLink(context: origin, attributes: [:]))
            span.attributes["messaging.system"] = "stint"
            span.attributes["messaging.destination.name"] = context.queue
            span.attributes["messaging.message.id"] = context.id.description
            span.attributes["stint.attempt"] = context.attempt
            return try await next(payload, context)
        }
    }
}

private struct TextMapExtractor: Extractor {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
