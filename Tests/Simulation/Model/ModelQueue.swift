// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting

/// What the model holds of one queue, and the moves that several scripts share.
///
/// Written from the documented rules, not from the scripts: a difference between the two is a finding.
struct ModelQueue {
    let name: String
    var jobs: [String: ModelJob] = [:]
    /// The ready lists with their tombstones.
    var ready: [[String]] = [[], [], [], []]
    var owners: [String: String] = [:]
    var counters: [String: Int] = [:]
    var lastFence: Int64 = 0
    var leaseMs: Int64?
    /// What it was before it was lowered, and until when leases of that length may be about.
    var leaseBefore: (ms: Int64, untilMs: Int64) = (0, 0)
    var lookMs: Int64?
    var holdMs: Int64 = 0
    /// Nil, 0 for ever, or a time.
    var pausedUntilMs: Int64?
    /// When it was last seen paused, by the simulation's clock.
    var openSince: Duration = .zero

    init(name: String) { self.name = name }

    func isPaused(_ nowMs: Int64) -> Bool { pausedUntilMs.map { $0 == 0 || nowMs < $0 } ?? false }

    func longestLease(_ nowMs: Int64) -> Int64 {
        let isAbout = leaseBefore.untilMs > nowMs && leaseBefore.untilMs <= nowMs + leaseBefore.ms
        return isAbout ? leaseBefore.ms : 0
    }

    mutating func setLease(_ ms: Int64?, _ nowMs: Int64) {
        let before = max(leaseMs ?? 0, longestLease(nowMs))
        if before > ms ?? 0 { leaseBefore = (before, nowMs + before) }
        leaseMs = ms
    }

    mutating func count(_ counter: String, _ by: Int = 1) { counters[counter, default: 0] += by }

    /// Whether an entry of a ready list stands for a job, rather than being a tombstone.
    func isLiveEntry(_ id: String, _ list: Int) -> Bool {
        guard let job = jobs[id] else { return false }
        return job.state == .ready && job.list == list
    }

    /// How many entries of a ready list stand for no job.
    func tombstones(_ list: Int) -> Int {
        guard !ready[list].isEmpty else { return 0 }
        var count = ready[list].count
        for job in jobs.values where job.state == .ready && job.list == list { count -= 1 }
        return count
    }

    var hasReady: Bool {
        if ready.allSatisfy(\.isEmpty) { return false }
        for job in jobs.values where job.state == .ready { return true }
        return false
    }

    /// The jobs of one state.
    func jobs(_ state: JobState) -> [ModelJob] {
        var found: [ModelJob] = []
        for job in jobs.values where job.state == state { found.append(job) }
        return found
    }

    /// Jobs of a state by a time and then by id, as a sorted set has them.
    func sorted(_ states: JobState..., by key: (ModelJob) -> Int64) -> [ModelJob] {
        jobs.values.filter { states.contains($0.state) }.sorted { (key($0), $0.id) < (key($1), $1.id) }
    }

    /// Microseconds until the earliest delayed job is due, or -1.
    func nextDue(_ nowUs: Int64) -> Int64 {
        var first: Int64?
        for job in jobs.values where job.state == .delayed { first = min(first ?? job.atMs, job.atMs) }
        return first.map { max(0, $0 * 1_000 - nowUs) } ?? -1
    }

    mutating func free(_ job: ModelJob) {
        if let key = job.uniqueKey, owners[key] == job.id { owners[key] = nil }
    }

    mutating func forget(_ id: String) {
        guard let job = jobs.removeValue(forKey: id) else { return }
        free(job)
    }

    /// Ends a job as completed or cancelled.
    mutating func close(_ id: String, _ state: JobState, _ nowMs: Int64) {
        guard var job = jobs[id] else { return }
        guard job.heldMs > 0 else { return forget(id) }
        if job.windowMs == 0 { free(job) }
        job.state = state
        job.atMs = nowMs
        job.heldUntilMs = nowMs + job.heldMs
        job.isToBeCancelled = false
        jobs[id] = job
    }

    mutating func bury(_ id: String, _ nowMs: Int64) {
        guard var job = jobs[id] else { return }
        if job.windowMs == 0 { free(job) }
        job.state = .dead
        job.atMs = nowMs
        job.isToBeCancelled = false
        jobs[id] = job
    }

    mutating func makeReady(_ id: String, atFront: Bool, _ nowMs: Int64, _ at: Duration) {
        guard let list = jobs[id]?.list else { return }
        jobs[id]?.state = .ready
        jobs[id]?.atMs = nowMs
        jobs[id]?.readySince = at
        ready[list].insert(id, at: atFront ? 0 : ready[list].count)
    }

    mutating func delay(_ id: String, until dueMs: Int64) {
        jobs[id]?.state = .delayed
        jobs[id]?.atMs = dueMs
    }

    /// The running job that this lease is the current one of.
    func running(_ id: String, _ member: String) -> ModelJob? {
        guard let job = jobs[id], job.state == .running, job.member == member else { return nil }
        return job
    }
}
