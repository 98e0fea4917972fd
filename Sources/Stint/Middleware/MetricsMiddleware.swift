// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Metrics

/// Measures every attempt with swift-metrics.
///
/// | metric | type | dimensions |
/// |---|---|---|
/// | `stint.job.duration` | timer | `queue`, `job`, `outcome` |
/// | `stint.jobs.processed` | counter | `queue`, `job`, `outcome` |
///
/// `outcome` is `completed`, `retried`, `dead`, `snoozed`, `crashed`, `failed` (it threw) or `cancelled`. What Redis
/// makes of it can differ, when the lease was lost or no attempt was left.
public struct MetricsMiddleware: JobMiddleware {
    /// The time since some moment.
    private let now: @Sendable () -> Duration

    /// Creates the middleware.
    public init() {
        let (clock, start) = (ContinuousClock(), ContinuousClock.now)
        self.init { clock.now - start }
    }

    /// Creates the middleware with a clock.
    package init(now: @escaping @Sendable () -> Duration) { self.now = now }

    /// Measures one attempt.
    public func handle(_ payload: [UInt8], context: JobContext, next: Handle.Body) async throws -> JobOutcome {
        let start = now()
        do {
            let outcome = try await next(payload, context)
            record(Self.label(outcome), now() - start, context)
            return outcome
        } catch {
            record(error is CancellationError ? "cancelled" : "failed", now() - start, context)
            throw error
        }
    }

    private func record(_ outcome: String, _ duration: Duration, _ context: JobContext) {
        let dimensions = [("queue", context.queue), ("job", context.name), ("outcome", outcome)]
        Timer(label: "stint.job.duration", dimensions: dimensions).record(duration: duration)
        Counter(label: "stint.jobs.processed", dimensions: dimensions).increment()
    }

    private static func label(_ outcome: JobOutcome) -> String {
        switch outcome {
        case .completed: "completed"
        case .retry: "retried"
        case .dead: "dead"
        case .snooze: "snoozed"
        case .crashed: "crashed"
        }
    }
}
