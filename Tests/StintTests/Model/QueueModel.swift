// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// A small model of one queue, with which the scripts are compared: what each may answer and what the queue holds then.
///
/// Written from docs/guarantees.md, docs/architecture.md and the headers of the scripts. It has no Redis and no clock of
/// its own; `microseconds` is the time at which the next call is made.
struct QueueModel {
    var microseconds: Int64 = 0
    var now: Int64 { microseconds / 1_000 }
    /// When a delay that begins now is over: rounded up.
    func due(in milliseconds: Int64) -> Int64 {
        milliseconds > 0 ? (microseconds + 999) / 1_000 + milliseconds : now
    }

    var jobs: [String: ModelJob] = [:]
    /// The ready lists, tombstones included: an id is one if its job is not ready in that list, or stands there twice.
    var ready: [[String]] = [[], [], [], []]
    var unique: [String: String] = [:]
    var hasHadUniqueKeys = false
    var recent: [String: Int64] = [:]
    var meta: [String: String] = [:]
    /// When the wake marker was set, if it is.
    var wake: Int64?
    var lanes: [String: ModelLane] = [:]
    var logs: [String: ModelLog] = [:]
    var nodes: [String: (at: Int64, details: String)] = [:]
    var queues: Set<String> = []

    func number(_ field: String) -> Int64 { Int64(meta[field] ?? "") ?? 0 }

    mutating func count(_ field: String, _ more: Int = 1) { meta[field] = "\(number(field) + Int64(more))" }

    /// Marks the queue as one of this schema.
    mutating func found() {
        if meta["schema"] == nil { meta.merge(["schema": "1", "sentinel": String(repeating: "-", count: 65)]) { $1 } }
    }

    var isPaused: Bool {
        guard let end = meta["paused_until"].flatMap({ Int64($0) }) else { return false }
        return end == 0 || now < end
    }

    func jobs(_ state: JobState) -> [ModelJob] { jobs.values.filter { $0.state == state } }

    /// The delayed jobs in the order in which they are due.
    var delayed: [ModelJob] { jobs(.delayed).sorted { ($0.at, $0.id) < ($1.at, $1.id) } }

    /// Microseconds until the earliest delayed job is due, or -1.
    var nextDue: Int64 { jobs(.delayed).map(\.at).min().map { max(0, $0 * 1_000 - microseconds) } ?? -1 }

    /// Wakes a worker if something became claimable, or due earlier than all that was.
    mutating func wakeUp(isReady: Bool, soonest: Int64?, firstDue: Int64) {
        let isSooner = soonest.map { firstDue < 0 || $0 * 1_000 - microseconds < firstDue } ?? false
        if (isReady || isSooner) && !isPaused { wake = now }
    }

    func isLive(_ id: String, in list: Int) -> Bool { jobs[id].map { $0.state == .ready && $0.list == list } ?? false }

    func tombstones(_ list: Int) -> Int { Int(number("tomb:\(list)")) }

    // MARK: How a job leaves

    /// Deletes all that the queue holds about a job, except an entry in a ready list.
    mutating func forget(_ id: String) {
        freeKey(id)
        jobs[id] = nil
    }

    mutating func freeKey(_ id: String) {
        if let name = jobs[id]?.content.unique?.key, unique[name] == id { unique[name] = nil }
    }

    /// Ends a job as completed or cancelled: kept as long as it asked for, or forgotten.
    mutating func close(_ id: String, _ state: JobState, _ reason: String?, result: [UInt8] = []) {
        guard var job = jobs[id] else { return }
        guard job.heldFor > 0 else { return forget(id) }
        if job.window == 0 { freeKey(id) }
        end(&job, state, reason)
        if job.isAwaited || job.content.keepMilliseconds > 0 { job.result = result }
        job.dropAt = now + job.heldFor
        jobs[id] = job
    }

    /// Ends a job as dead.
    mutating func bury(_ id: String, _ reason: String) {
        guard var job = jobs[id] else { return }
        if job.window == 0 { freeKey(id) }
        end(&job, .dead, reason)
        jobs[id] = job
    }

    private func end(_ job: inout ModelJob, _ state: JobState, _ reason: String?) {
        job.started = job.state == .running ? job.at : nil
        (job.state, job.at, job.reason) = (state, now, reason)
        (job.cancelRequest, job.progress) = (nil, nil)
    }

    /// Cancels a waiting job that has expired.
    mutating func expire(_ id: String, countsTombstone: Bool) {
        if let job = jobs[id], job.state == .ready, countsTombstone { count("tomb:\(job.list)") }
        close(id, .cancelled, "expired")
        count("expired")
    }

    /// Notes an error, of which the last five stay, and a crash.
    mutating func note(_ id: String, _ kind: String, _ text: String) {
        guard var job = jobs[id] else { return }
        if kind == "c" { job.crashes = min(job.crashes + 1, 255) }
        let error = ModelError(at: now, attempt: job.attempt, kind: kind, text: text)
        job.errors = (job.errors + [error]).suffix(5)
        jobs[id] = job
    }

    /// Puts a job into back-off, or snoozes it.
    mutating func delay(_ id: String, until due: Int64) {
        jobs[id]?.state = .delayed
        jobs[id]?.at = due
    }

    /// Makes a job ready.
    mutating func makeReady(_ id: String, atFront: Bool = false) {
        guard let list = jobs[id]?.list else { return }
        let now = now
        jobs[id]?.state = .ready
        jobs[id]?.at = now
        ready[list].insert(id, at: atFront ? 0 : ready[list].count)
    }
}

/// What Redis keeps of a caller's lane.
struct ModelLane {
    var number: Int
    /// The short reply as it is stored.
    var note: String
    /// What a repetition is answered.
    var reply: ModelReply
    var expires: Int64
}

/// A job's log.
struct ModelLog {
    /// Fence, number of the line, attempt, text.
    var lines: [(fence: Int64, number: Int, attempt: String, text: String)] = []
    var expires: Int64
}
