// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// What a script call came to, told by what the caller may conclude from it.
package enum ScriptEvent: Sendable {
    /// The script ran and replied.
    case reply(RedisValue)
    /// The lane that the call named is gone or out of step: nothing was done.
    case laneLost
    /// Redis cannot run it at present (it is loading, busy or a replica): nothing was done, and it may be tried again.
    case notRun(StintError)
    /// Never written to a socket.
    case notSent(StintError)
    /// Written, and no reply came: it may have run.
    case unknown(StintError)
    /// Password, certificate or permission were refused: nothing was done, and trying again helps only once somebody
    /// has changed that.
    case refused(StintError)
    /// Nothing was done, and trying again would not change that.
    case failed(StintError)
    /// The script broke off, by a key of another kind or a defect of Stint; the call is not repeated.
    case broken(StintError)
    /// The connection was shut down before the call was sent.
    case closed

    /// Judges the outcome of a call to the script named `script`.
    package init(_ result: Result<RedisValue, RedisFailure>, script: String) {
        switch result {
        case .success(let value): self = Self.judge(value)
        case .failure(.notSent(let reason)):
            self = .notSent(StintError(.redisUnreachable, "Redis cannot be reached: \(reason)."))
        case .failure(.outcomeUnknown(let reason)), .failure(.protocolViolation(let reason)):
            self = .unknown(StintError(.outcomeUnknown, "Redis gave no answer to '\(script)': \(reason)."))
        case .failure(.refused(let reason)):
            self = .refused(StintError(.redisRefused, "\(reason)."))
        case .failure(.closed): self = .closed
        case .failure(.server(let error)): self = Self.judge(error, script)
        }
    }

    private static func judge(_ value: RedisValue) -> Self {
        guard case .array(let elements) = value, case .integer(let verdict)? = elements.first else {
            return .reply(value)
        }
        switch verdict {
        case -1 where elements.count == 1:
            return .laneLost
        case -2 where elements.count == 2:
            let found = elements[1].string ?? "?"
            return .failed(
                StintError(
                    .schemaTooNew,
                    "The queue was written by a newer release of Stint (schema \(found); \(StintVersion.current) knows "
                        + "up to \(QueueStatus.knownSchema)): update this program."))
        default:
            return .reply(value)
        }
    }

    private static func judge(_ error: RedisServerError, _ script: String) -> Self {
        let failure = RedisFailure.server(error)
        if error.isPassing {
            return .notRun(
                StintError(.redisBusy, "Redis cannot run scripts at present: \(error).", underlying: failure))
        }
        if error.isRefusal {
            return .refused(
                StintError(.redisRefused, "Redis refused the script '\(script)': \(error).", underlying: failure))
        }
        if error.isAboutClusters { return .failed(.isCluster) }
        if failure.isClusterDisabled { return .failed(.isNoCluster) }
        switch error.code {
        case "OOM":
            return .failed(
                StintError(
                    .redisFull, "Redis has reached its maxmemory; let workers drain the queues, or raise it.",
                    underlying: failure))
        case "WRONGTYPE":
            return .broken(.wrongType("The script '\(script)'", failure))
        case "STINTLIMIT":
            return .failed(
                StintError(
                    .limitExceeded, "Redis refused the script '\(script)': \(error.message).", underlying: failure))
        case "NOSCRIPT":
            return .refused(
                StintError(
                    .redisRefused, "Redis cannot run the script '\(script)': \(error.message).", underlying: failure))
        default:
            return .broken(
                StintError(
                    .internalError,
                    "The script '\(script)' failed: \(Scripts.translate(error.description, script: script)).",
                    underlying: failure))
        }
    }

    /// Why a worker whose first look at a queue came to this must end: somebody has to change something first.
    package var endsWorker: StintError? {
        switch self {
        case .refused(let error): error
        case .failed(let error) where error.code == .schemaTooNew: error
        default: nil
        }
    }

    /// The error behind the event; nil for a reply.
    package var error: StintError? {
        switch self {
        case .reply: nil
        case .laneLost: StintError(.outcomeUnknown, "The lane of the call expired; it may or may not have run.")
        case .notRun(let error), .notSent(let error), .unknown(let error), .refused(let error), .failed(let error),
            .broken(let error):
            error
        case .closed: .clientClosed
        }
    }
}
