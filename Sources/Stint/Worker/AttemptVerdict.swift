// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Decides what is written about an attempt from how its handler ended.
///
/// Pure: the time and the dice are given.
package struct AttemptVerdict {
    let job: ClaimedJob
    /// How long the attempt ran.
    let ran: Duration
    let random: any RandomSource

    /// The longest result that is kept.
    package static let resultLimit = 256 * 1024

    package init(job: ClaimedJob, ran: Duration, random: any RandomSource) {
        self.job = job
        self.ran = ran
        self.random = random
    }

    /// The handler returned an outcome.
    package func ended(_ outcome: JobOutcome) -> AttemptEnd {
        switch outcome {
        case .completed(let result): .finish(result: result.flatMap { $0.count <= Self.resultLimit ? $0 : nil } ?? [])
        case .retry(let delay, let reason): failed(.error, reason, after: delay)
        case .dead(let reason): .fail(.init(kind: .error, delay: nil, text: reason))
        case .snooze(let delay): .handBack(delay: max(.zero, delay))
        case .crashed(let reason): failed(.crash, reason, after: nil)
        }
    }

    /// The handler threw.
    ///
    /// - Parameter delay: What the handler's own rule says about the time until the next attempt, if it has one.
    package func threw(_ error: any Error, delay: Duration?) -> AttemptEnd {
        switch error {
        case let signal as JobSignal:
            switch signal {
            case .dead(let reason): return .fail(.init(kind: .error, delay: nil, text: reason))
            case .retry(let delay, let reason): return failed(.error, reason, after: delay)
            case .snooze(let delay): return .handBack(delay: max(.zero, delay))
            }
        case let error as UndecodablePayload:
            return .fail(.init(kind: .error, delay: nil, text: error.description))
        default:
            return failed(.error, "\(error)", after: delay)
        }
    }

    /// The attempt took longer than its timeout.
    package func timedOut() -> AttemptEnd {
        let limit = Duration.milliseconds(job.record.timeoutMilliseconds)
        return failed(.timeout, "timed out after \(limit)", after: nil)
    }

    /// The attempt was told to stop because the job is to be cancelled; its record's flag makes that its end.
    package func cancelled() -> AttemptEnd {
        .fail(.init(kind: .error, delay: .zero, text: "cancelled"))
    }

    /// What ends an attempt that was cancelled and did not succeed; nil if it was not cancelled.
    ///
    /// The reason it was cancelled for goes before how its handler ended.
    func cancelled(for cause: Held.CancelCause?) -> AttemptEnd? {
        switch cause {
        case .timeout: timedOut()
        case .request: cancelled()
        case .handBack, .unsure, .lost: .handBack(delay: nil)
        case nil: nil
        }
    }

    private func failed(_ kind: AttemptEnd.Failure.Kind, _ text: String, after delay: Duration?) -> AttemptEnd {
        if let delay { return .fail(.init(kind: kind, delay: max(.zero, delay), text: text)) }
        let policy = job.record.effectiveRetryPolicy
        if let most = policy.attempts, job.record.attempt >= most {
            // The script makes the job dead and says that no attempts were left.
            return .fail(.init(kind: kind, delay: .zero, text: text))
        }
        let waited = Duration.milliseconds(job.record.atMilliseconds - job.record.enqueuedMilliseconds)
        guard let delay = policy.delay(afterAttempt: job.record.attempt, elapsed: waited + ran, random: random) else {
            return .fail(.init(kind: kind, delay: nil, text: "no time left: \(text)"))
        }
        return .fail(.init(kind: kind, delay: delay, text: text))
    }
}
