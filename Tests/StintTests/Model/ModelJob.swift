// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

@testable import Stint

/// A job as the reference model knows it: what docs/guarantees.md and docs/architecture.md say of one, and nothing of how
/// the scripts store it.
struct ModelJob {
    let id: String
    /// What it was enqueued with, or replaced by.
    var content: NewJob.Content
    let priority: JobPriority
    let enqueued: Int64
    var state: JobState
    /// Delayed: when it is due.
    ///
    /// Ready: since when. Running: when it was claimed. Ended: when.
    var at: Int64
    var attempt = 0
    var crashes = 0
    var returns = 0
    var fence: Int64 = 0
    var node = "000000"
    /// When it is cancelled unless it was started, if at all.
    var expires: Int64
    var mayExpire: Bool
    var isAwaited: Bool
    /// When and by whom its cancellation was asked for while it ran.
    var cancelRequest: String?
    var progress: String?
    var errors: [ModelError] = []
    var leaseEnd: Int64 = 0
    /// When an ended job that is kept is dropped.
    var dropAt: Int64 = 0
    var reason: String?
    var started: Int64?
    var result: [UInt8] = []

    /// Makes what `job` becomes now; `due` says when a delay is over.
    init(_ job: TestJob, now: Int64, due whenDue: (_ milliseconds: Int64) -> Int64) {
        id = job.id
        content = job.content
        priority = job.content.priority
        enqueued = now
        let due =
            switch job.content.due {
            case .after(let milliseconds): whenDue(milliseconds)
            case .at(let milliseconds): milliseconds
            }
        state = due > now ? .delayed : .ready
        at = max(due, now)
        mayExpire = job.content.expiresAfterMilliseconds > 0
        expires = mayExpire ? now + job.content.expiresAfterMilliseconds : 0
        isAwaited = job.content.isAwaited
    }

    var list: Int { priority.rawValue }
    var lease: String { "\(id):\(fence):\(node)" }
    var isWaiting: Bool { state == .ready || state == .delayed }
    var window: Int64 { content.windowMilliseconds }
    var maxAttempts: Int { content.retry.attempts ?? 0 }

    /// How long its record stays after an end as completed or cancelled.
    var heldFor: Int64 { max(isAwaited ? max(content.keepMilliseconds, 60_000) : content.keepMilliseconds, window) }

    func isOverdue(_ now: Int64) -> Bool { isWaiting && mayExpire && attempt == 0 && now >= expires }

    /// Whether its unique key is its own: it has not ended, or its window has not.
    func holdsKey(_ now: Int64) -> Bool { !state.isFinal || at + window > now }

    /// The record that Redis has for it.
    var record: JobRecord {
        let options = [window, content.timeoutMilliseconds, content.expiresAfterMilliseconds, content.keepMilliseconds]
        let flags: [(JobRecordFlags, Bool)] = [
            (.awaited, isAwaited), (.toBeCancelled, cancelRequest != nil), (.hasErrors, !errors.isEmpty),
            (.hasProgress, progress != nil), (.hasWindow, window > 0), (.bigPayload, content.payload.count > 512),
            (.hasUniqueKey, content.unique != nil), (.kept, content.keepMilliseconds > 0),
            (.bigResult, result.count > 512), (.hasResult, !result.isEmpty),
            (.hasOptions, options.contains { $0 > 0 }), (.mayExpire, mayExpire),
        ]
        var record = JobRecord(
            state: state, list: list, priority: priority,
            flags: flags.reduce(into: []) { if $1.1 { $0.insert($1.0) } }, attempt: attempt, crashes: crashes,
            returns: returns, maxAttempts: maxAttempts, enqueuedMilliseconds: enqueued, atMilliseconds: at,
            fence: fence,
            node: node, name: content.name)
        record.expiresMilliseconds = expires
        record.timeoutMilliseconds = content.timeoutMilliseconds
        record.keepMilliseconds = content.keepMilliseconds
        record.windowMilliseconds = window
        record.uniqueKey = content.unique?.key
        if content.retry.needsText { record.retryPolicy = RetryPolicy(recordText: content.retry.recordText) }
        record.tags = content.tags
        record.traceContext = content.traceContext
        record.reason = reason
        record.startedMilliseconds = started
        if !result.isEmpty, result.count <= 512 { record.result = result }
        if content.payload.count > 512 {
            record.bigPayloadLength = content.payload.count
        } else {
            record.payload = content.payload
        }
        return record
    }
}

/// One of a job's last errors.
struct ModelError {
    var at: Int64
    var attempt: Int
    var kind: String
    var text: String

    /// As `errors` holds it: time (6 bytes), attempt (2), kind, length (2), text.
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 8)
        bytes.write(at, at: 0, bytes: 6)
        bytes.write(Int64(attempt), at: 6, bytes: 2)
        bytes += Array(kind.utf8) + [0, 0]
        bytes.write(Int64(text.utf8.count), at: 9, bytes: 2)
        return bytes + Array(text.utf8)
    }
}
