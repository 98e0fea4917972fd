// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The one error that Stint throws.
///
/// Compare ``code``; show ``message`` to people.
public struct StintError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as a value that callers can compare.
    ///
    /// More codes may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidInput, payloadTooLarge, duplicateJob, queueFull, outcomeUnknown, leaseLost, jobNotFound
            case refusedByState, redisUnreachable, redisRefused, redisBusy, redisFull, redisUnsuitable, schemaTooNew
            case timedOut, closed, undecodable, jobFailed, jobCancelled, internalError, unknownKey, notAuthentic
            case limitExceeded, damaged
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// An argument breaks a documented rule; nothing was done.
        public static var invalidInput: Self { .init(.invalidInput) }
        /// The payload is longer than the client's limit; nothing was done.
        public static var payloadTooLarge: Self { .init(.payloadTooLarge) }
        /// The unique key is held by another job; nothing was done.
        public static var duplicateJob: Self { .init(.duplicateJob) }
        /// The queue has reached its depth limit; nothing was done.
        public static var queueFull: Self { .init(.queueFull) }
        /// The call was sent and no answer came in time: it may or may not have been carried out.
        public static var outcomeUnknown: Self { .init(.outcomeUnknown) }
        /// The worker no longer holds the job: its lease ran out and the reaper took the job back.
        public static var leaseLost: Self { .init(.leaseLost) }
        /// No such job, or it ended and was not kept.
        public static var jobNotFound: Self { .init(.jobNotFound) }
        /// The job's or queue's state does not allow it; nothing was done.
        public static var refusedByState: Self { .init(.refusedByState) }
        /// No connection to Redis could be made in time; nothing was done.
        public static var redisUnreachable: Self { .init(.redisUnreachable) }
        /// Redis refused the user, the password, the certificate or the right to a command.
        public static var redisRefused: Self { .init(.redisRefused) }
        /// Redis is loading its data or busy; try again.
        public static var redisBusy: Self { .init(.redisBusy) }
        /// Redis has reached its `maxmemory`; nothing was done.
        public static var redisFull: Self { .init(.redisFull) }
        /// This Redis must not be used: older than 7.0, or it may evict keys.
        public static var redisUnsuitable: Self { .init(.redisUnsuitable) }
        /// The queue was written by a newer release; nothing was done.
        public static var schemaTooNew: Self { .init(.schemaTooNew) }
        /// The caller's time limit passed.
        public static var timedOut: Self { .init(.timedOut) }
        /// The client or worker was shut down.
        public static var closed: Self { .init(.closed) }
        /// Data could not be decoded as the type asked for.
        public static var undecodable: Self { .init(.undecodable) }
        /// The awaited job is dead.
        public static var jobFailed: Self { .init(.jobFailed) }
        /// The awaited job was cancelled or expired.
        public static var jobCancelled: Self { .init(.jobCancelled) }
        /// It is sealed with a key that this process does not have.
        public static var unknownKey: Self { .init(.unknownKey) }
        /// It does not open with its key: it was altered, or sealed for another job or queue, or not sealed at all.
        public static var notAuthentic: Self { .init(.notAuthentic) }
        /// A script in Redis refused a call that passes one of its limits; nothing was done.
        ///
        /// The library checks the same limits before: only programs that write their own calls see it.
        public static var limitExceeded: Self { .init(.limitExceeded) }
        /// What stands in Redis is not what Stint writes: it was cut off, altered, or another program's.
        public static var damaged: Self { .init(.damaged) }
        /// A bug in Stint; please report it.
        public static var internalError: Self { .init(.internalError) }

        /// The code's name, such as `queueFull`.
        public var description: String { kind.rawValue }
    }

    /// What went wrong.
    public let code: Code
    /// What failed, where and why, in one sentence for people.
    public let message: String
    /// The error behind this one, if there was one.
    public let underlying: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The message, followed by the code.
    public var description: String { "\(message) (\(code))" }
}
