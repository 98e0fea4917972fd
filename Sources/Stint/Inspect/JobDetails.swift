// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// Everything that a queue holds about one job.
public struct JobDetails: Sendable, Hashable, Codable {
    /// What a list shows of it.
    public let summary: JobSummary
    /// Redis time of the reading.
    public let date: Date
    /// How its payload is sealed; `nil` if it is not.
    public let seal: JobSeal?
    /// Its payload; empty where ``seal`` could not be opened.
    public let payload: [UInt8]
    /// What its handler returned, if that was kept and could be opened.
    public let result: [UInt8]?
    /// How it is retried.
    public let retry: RetryPolicy
    /// The longest one attempt may take, in milliseconds.
    public let timeoutMilliseconds: Int64?
    /// When it is cancelled if it was not started by then.
    public let expiresAt: Date?
    /// How long its record is kept after the end, in milliseconds.
    public let keepMilliseconds: Int64?
    /// How long its id and unique key stay taken after the end, in milliseconds.
    public let windowMilliseconds: Int64?
    /// The trace context of the call that enqueued it.
    public let traceContext: [String: String]
    /// The token of its last claim.
    public let fence: Int64?
    /// When the last attempt of an ended job began, or the present one of a running job.
    public let startedAt: Date?
    /// The last errors, at most five, oldest first.
    public let failures: [JobFailure]
    /// How far it is.
    public let progress: JobProgress?
    /// The request to cancel it.
    public let cancelRequest: JobCancelRequest?
    /// When its lease runs out.
    public let leaseExpiresAt: Date?
    /// When its record is dropped.
    public let droppedAt: Date?

    /// Whether the payload that the record announces is not in Redis any more: the job will never run.
    public var isPayloadGone: Bool { seal == nil && payload.count != summary.payloadBytes }

    package init(
        id: JobID, queue: String, record: JobRecord, nowMilliseconds: Int64, payload: [UInt8],
        result: [UInt8]?, seal: JobSeal?, failures: [JobFailure], progress: JobProgress?,
        cancelRequest: JobCancelRequest?,
        leaseExpiresAt: Date?, droppedAt: Date?
    ) {
        summary = JobSummary(id: id, queue: queue, record: record)
        date = .redis(nowMilliseconds)
        self.payload = payload
        self.result = result
        self.seal = seal
        retry = record.effectiveRetryPolicy
        timeoutMilliseconds = record.timeoutMilliseconds == 0 ? nil : record.timeoutMilliseconds
        expiresAt = .redisOrNil(record.expiresMilliseconds)
        keepMilliseconds = record.keepMilliseconds == 0 ? nil : record.keepMilliseconds
        windowMilliseconds = record.windowMilliseconds == 0 ? nil : record.windowMilliseconds
        traceContext = record.traceContext
        fence = record.fence == 0 ? nil : record.fence
        let started = record.state == .running ? record.atMilliseconds : record.startedMilliseconds
        startedAt = started.map(Date.redis)
        self.failures = failures
        self.progress = progress
        self.cancelRequest = cancelRequest
        self.leaseExpiresAt = leaseExpiresAt
        self.droppedAt = droppedAt
    }
}
