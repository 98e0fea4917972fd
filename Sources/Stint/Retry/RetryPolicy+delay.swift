// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

extension RetryPolicy {
    /// Returns how long to wait after attempt number `attempt` failed; nil to give up.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, counted from 1.
    ///   - elapsed: The time from the enqueue, or from when the job was put back after it died, until now, for ``maxElapsed``.
    ///   - random: Where the jitter comes from.
    package func delay(afterAttempt attempt: Int, elapsed: Duration, random: any RandomSource) -> Duration? {
        if let attempts, attempt >= attempts { return nil }
        let delay: Duration
        switch backoff {
        case .exponential(let base, let cap):
            var bound = base
            // Doubles only up to the cap: one shift by the attempts would overflow.
            for _ in 1..<min(max(attempt, 1), 64) where bound < cap { bound *= 2 }
            delay = random.duration(upTo: min(bound, cap))
        case .fixed(let time):
            delay = time
        case .list(let times):
            delay = times.isEmpty ? .zero : times[min(max(attempt - 1, 0), times.count - 1)]
        }
        if let maxElapsed, elapsed + delay > maxElapsed { return nil }
        return delay
    }
}
