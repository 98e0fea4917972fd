// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// One job as Redis holds it, decoded.
///
/// The layout stands in docs/architecture.md: a header at fixed offsets, the name, an options block, tagged fields, the
/// payload. Decoding checks every length against the bytes that are there, so a damaged record is an error and never
/// a trap.
package struct JobRecord: Sendable, Hashable {
    /// The state that the header names.
    package var state: JobState
    /// Which ready list the job belongs to, 0 to 3.
    package var list: Int
    /// The priority it was enqueued with.
    package var priority: JobPriority
    /// What the header says beyond its numbers.
    package var flags: JobRecordFlags
    /// Runs so far, the present one included.
    package var attempt: Int
    /// How often a worker died or lost its lease while it ran the job.
    package var crashes: Int
    /// How often the job was handed back with its attempt unused; stops counting at 255.
    package var returns: Int
    /// The most attempts, or 0 for no bound.
    package var maxAttempts: Int
    /// When the job was enqueued, by Redis time.
    package var enqueuedMilliseconds: Int64
    /// Delayed: when it is due.
    ///
    /// Ready: since when. Running: when it was claimed. Ended: when.
    package var atMilliseconds: Int64
    /// The token of the last claim, or 0.
    package var fence: Int64
    /// The node of the last claim, `000000` before the first.
    package var node: String
    /// The job's name.
    package var name: String
    /// When the job is cancelled if it was not started, or 0.
    package var expiresMilliseconds: Int64 = 0
    /// The longest an attempt may take, or 0 for no bound.
    package var timeoutMilliseconds: Int64 = 0
    /// How long the record is kept after the end, or 0.
    package var keepMilliseconds: Int64 = 0
    /// How long the id and unique key stay taken after the end, or 0.
    package var windowMilliseconds: Int64 = 0
    /// The unique key.
    package var uniqueKey: String?
    /// The retry policy; nil stands for the standard one with `maxAttempts`.
    package var retryPolicy: RetryPolicy?
    /// The tags.
    package var tags: [String: String] = [:]
    /// The trace context of the enqueuing call.
    package var traceContext: [String: String] = [:]
    /// Why the job is dead or cancelled.
    package var reason: String?
    /// When the last attempt of an ended job began.
    package var startedMilliseconds: Int64?
    /// When the job was last put back after it had died.
    package var revivedMilliseconds: Int64?
    /// The result, if it is in the record.
    package var result: [UInt8]?
    /// The payload, if it is in the record.
    package var payload: [UInt8]?
    /// The length of the payload that lies in `big`; 0 if it is in the record.
    package var bigPayloadLength: Int = 0

    /// The longest payload or result that lies in the record itself.
    package static let inlineLimit = 512

    /// Returns the member of `leases` under which the job runs: `id:fence:node`.
    package func lease(id: JobID) -> [UInt8] { lease(id: Array(id.description.utf8)) }

    /// Returns the member of `leases` under which the job runs: `id:fence:node`.
    package func lease(id: [UInt8]) -> [UInt8] {
        var member: [UInt8] = []
        member.reserveCapacity(id.count + 28)
        member += id
        member.append(UInt8(ascii: ":"))
        member.appendDecimal(Int(fence))
        member.append(UInt8(ascii: ":"))
        member += node.utf8
        return member
    }

    /// The retry policy that holds for the job, its bound on attempts included.
    package var effectiveRetryPolicy: RetryPolicy {
        var policy = retryPolicy ?? .standard
        policy.attempts = maxAttempts == 0 ? nil : maxAttempts
        return policy
    }
}

/// What a record's header says beyond its numbers: flag byte A, then flag byte B shifted by eight.
package struct JobRecordFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The end is published and the record kept for at least a minute.
    package static let awaited = Self(rawValue: 1)
    /// Is to be cancelled: any end but success is a cancellation.
    package static let toBeCancelled = Self(rawValue: 2)
    /// Has an entry in `errors`.
    package static let hasErrors = Self(rawValue: 4)
    /// Has an entry in `progress`.
    package static let hasProgress = Self(rawValue: 8)
    /// The id and unique key stay taken after the end.
    package static let hasWindow = Self(rawValue: 16)
    /// The payload lies in `big`.
    package static let bigPayload = Self(rawValue: 32)
    /// Holds a unique key.
    package static let hasUniqueKey = Self(rawValue: 64)
    /// Is to be kept after the end.
    package static let kept = Self(rawValue: 128)
    /// The due time is an instant rather than a delay; only in what `enqueue` is given.
    package static let absoluteDue = Self(rawValue: 1 << 8)
    /// The expiry is an instant rather than a delay; only in what `enqueue` is given.
    package static let absoluteExpiry = Self(rawValue: 2 << 8)
    /// The result lies in `big`.
    package static let bigResult = Self(rawValue: 4 << 8)
    /// Ended with a result.
    package static let hasResult = Self(rawValue: 8 << 8)
    /// An options block follows the name.
    package static let hasOptions = Self(rawValue: 16 << 8)
    /// Is cancelled if it is not started by its expiry.
    package static let mayExpire = Self(rawValue: 32 << 8)
    /// Payload, result and texts are sealed.
    package static let sealed = Self(rawValue: 64 << 8)
}
