// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Tracing

/// The span of an enqueue, and what of it goes into the job.
///
/// Costs nothing where no tracer is bootstrapped.
struct PublishSpan {
    private let span: (any Span)?
    /// The trace context to store in the job.
    let carrier: [String: String]
    /// More would crowd out a record's other fields; no propagator needs nearly as much.
    private static let carrierLimit = 8_192

    /// Begins a span `publish <name>`.
    init(name: String?, queue: String) {
        guard !(InstrumentationSystem.tracer is NoOpTracer) else {
            span = nil
            carrier = [:]
            return
        }
        let span = startSpan(name.map { "publish \($0)" } ?? "publish", ofKind: .producer)
        span.attributes["messaging.system"] = "stint"
        span.attributes["messaging.destination.name"] = queue
        var carrier: [String: String] = [:]
        InstrumentationSystem.instrument.inject(span.context, into: &carrier, using: TextInjector())
        let size = carrier.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        self.span = span
        self.carrier = size <= Self.carrierLimit ? carrier : [:]
    }

    /// Ends the span.
    func end(_ error: StintError?) {
        guard let span else { return }
        if let error {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
        }
        span.end()
    }
}

/// Writes trace context into a dictionary.
private struct TextInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key] = value
    }
}
