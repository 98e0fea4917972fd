// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting

/// What the model holds of one job.
struct ModelJob {
    let id: String
    var state: JobState
    var list: Int
    var attempt = 0
    var crashes = 0
    var returns = 0
    var maxAttempts: Int
    /// As in the record's header: due, ready since, claimed, ended.
    var atMs: Int64
    var fence: Int64 = 0
    var node = "000000"
    var leaseExpiryMs: Int64 = 0
    var uniqueKey: String?
    var keepMs: Int64
    var windowMs: Int64
    var isAwaited: Bool
    /// When it was taken in; a replacement keeps it.
    var enqueuedMs: Int64
    /// When it was last retried from dead.
    var revivedMs: Int64?
    /// When it is cancelled if it was not started, or nil.
    var expiresMs: Int64?
    var isToBeCancelled = false
    /// When it was flagged so, by the simulation's clock.
    var flaggedAt: Duration?
    /// When its entry in `kept` runs out.
    var heldUntilMs: Int64 = 0
    /// Since when it has been ready, by the simulation's clock.
    var readySince: Duration = .zero

    /// Takes over what an entry of `enqueue` says, as of this moment.
    init(id: String, entry: JobRecord, nowMs: Int64, at: Duration, dueIn: (_ delay: Int64) -> Int64) {
        self.id = id
        enqueuedMs = nowMs
        let due = entry.flags.contains(.absoluteDue) ? entry.atMilliseconds : dueIn(entry.atMilliseconds)
        state = due <= nowMs ? .ready : .delayed
        atMs = max(due, nowMs)
        readySince = at
        list = entry.list
        maxAttempts = entry.maxAttempts
        uniqueKey = entry.uniqueKey
        keepMs = entry.keepMilliseconds
        windowMs = entry.windowMilliseconds
        isAwaited = entry.flags.contains(.awaited)
        if entry.flags.contains(.mayExpire) { expiresMs = nowMs + entry.expiresMilliseconds }
    }

    var member: String { "\(id):\(fence):\(node)" }
    var isWaiting: Bool { state == .ready || state == .delayed }
    var isLive: Bool { isWaiting || state == .running }

    /// Whether it was never started and must not be any more.
    func isExpired(_ nowMs: Int64) -> Bool { expiresMs.map { attempt == 0 && nowMs >= $0 } ?? false }

    /// How long its record stays after it ended.
    var heldMs: Int64 { max(isAwaited ? max(keepMs, 60_000) : keepMs, windowMs) }

    /// Whether its id is still taken after its end.
    func standsForID(_ nowMs: Int64) -> Bool { state == .dead || isLive || atMs + heldMs > nowMs }

    /// Whether it still holds its unique key.
    func holdsKey(_ nowMs: Int64) -> Bool { isLive || atMs + windowMs > nowMs }
}
