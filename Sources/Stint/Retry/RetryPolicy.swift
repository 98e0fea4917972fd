// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Says how often a job is tried and how long it waits between attempts.
///
/// Exponential back-off has full jitter: a uniformly random time between zero and the attempt's bound, which spreads
/// the retries of many jobs that failed together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015).
public struct RetryPolicy: Sendable, Hashable {
    /// How the delay grows.
    public enum Backoff: Sendable, Hashable {
        /// A random time up to `base` × 2ⁿ, `cap` at most, after attempt n + 1.
        case exponential(base: Duration, cap: Duration)
        /// The same delay after each attempt.
        case fixed(Duration)
        /// The n-th delay after attempt n; the last one repeats.
        case list([Duration])
    }

    /// How the delay grows.
    public var backoff: Backoff
    /// The number of attempts in all, 1 to 65,535; `nil` for no bound.
    public var attempts: Int?
    /// No further attempt starts later than this after the enqueue, or after a dead job was put back; `nil` for no bound.
    public var maxElapsed: Duration?

    /// Creates a policy.
    public init(backoff: Backoff, attempts: Int?, maxElapsed: Duration? = nil) {
        self.backoff = backoff
        self.attempts = attempts
        self.maxElapsed = maxElapsed
    }

    /// Five attempts with exponential back-off from 1 s up to 1 h.
    public static var standard: Self { .exponential() }

    /// One attempt: the first failure is final.
    ///
    /// A crash uses the attempt up as well.
    public static var never: Self { .init(backoff: .fixed(.zero), attempts: 1) }

    /// Waits a random time up to `base`, then up to twice, four times … as long, `cap` at most.
    public static func exponential(
        attempts: Int? = 5, base: Duration = .seconds(1), cap: Duration = .seconds(3600), maxElapsed: Duration? = nil
    ) -> Self {
        .init(backoff: .exponential(base: base, cap: cap), attempts: attempts, maxElapsed: maxElapsed)
    }

    /// Waits the same time after each failure.
    public static func fixed(_ delay: Duration, attempts: Int? = 5, maxElapsed: Duration? = nil) -> Self {
        .init(backoff: .fixed(delay), attempts: attempts, maxElapsed: maxElapsed)
    }

    /// Waits the given times one after the other, and gives up after the attempt that follows the last.
    public static func list(_ delays: [Duration], maxElapsed: Duration? = nil) -> Self {
        .init(backoff: .list(delays), attempts: delays.count + 1, maxElapsed: maxElapsed)
    }
}
