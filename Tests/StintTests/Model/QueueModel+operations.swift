// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// What people and clients ask for.
extension QueueModel {
    /// Which jobs a call may touch: those in some states (all, if empty) that were enqueued by a time (any, if 0).
    struct Meant {
        var states: Set<JobState> = []
        var seen: Int64 = 0

        func includes(_ job: ModelJob) -> Bool {
            (states.isEmpty || states.contains(job.state)) && (seen == 0 || job.enqueued <= seen)
        }
    }

    mutating func cancel(_ ids: [String], by who: String, _ meant: Meant) -> (reply: ModelReply, note: String) {
        var cancelled = 0
        let codes = ids.map { id -> String in
            guard let job = jobs[id] else { return "m" }
            if job.state.isFinal { return "e" }
            guard meant.includes(job) else { return "s" }
            if job.state == .running {
                let request = "\(now) \(who)"
                jobs[id]?.cancelRequest = request
                return "f"
            }
            if job.state == .ready { count("tomb:\(job.list)") }
            close(id, .cancelled, "cancelled by \(who)")
            cancelled += 1
            return "k"
        }
        if cancelled > 0 {
            for list in 0..<4 { count("tomb:\(list)", 0) }
            count("cancelled", cancelled)
        }
        return (.codes(codes), codes.joined())
    }

    mutating func promote(_ ids: [String]) -> (reply: ModelReply, note: String) {
        let codes = ids.map { id -> String in
            guard let job = jobs[id] else { return "m" }
            guard job.state == .delayed else { return "s" }
            makeReady(id)
            return "o"
        }
        wakeUp(isReady: codes.contains("o"), soonest: nil, firstDue: -1)
        return (.codes(codes), codes.joined())
    }

    mutating func retryDead(_ ids: [String]) -> (reply: ModelReply, note: String) {
        let codes = ids.map { id -> String in
            guard let job = jobs[id] else { return "m" }
            guard job.state == .dead else { return "s" }
            if let key = job.content.unique?.key {
                if let holder = owner(of: key), holder != id { return "u" }
                unique[key] = id
            }
            revive(id)
            return "o"
        }
        if codes.contains("o") { count("revived", codes.count { $0 == "o" }) }
        wakeUp(isReady: codes.contains("o"), soonest: nil, firstDue: -1)
        return (.codes(codes), codes.joined())
    }

    private mutating func revive(_ id: String) {
        guard var job = jobs[id] else { return }
        (job.attempt, job.crashes, job.returns) = (0, 0, 0)
        (job.reason, job.started, job.mayExpire, job.revived) = (nil, nil, false, now)
        jobs[id] = job
        makeReady(id)
    }

    mutating func remove(_ ids: [String], _ meant: Meant) -> (reply: ModelReply, note: String) {
        let codes = ids.map { id -> String in
            guard let job = jobs[id] else { return "m" }
            guard job.state != .running else { return "n" }
            guard meant.includes(job) else { return "s" }
            if job.state == .ready { count("tomb:\(job.list)") }
            forget(id)
            return "o"
        }
        return (.codes(codes), codes.joined())
    }

    mutating func await(_ id: String) -> ModelReply {
        guard let job = jobs[id] else { return .list([.nothing, .nothing, .nothing]) }
        if !job.state.isFinal { jobs[id]?.isAwaited = true }
        return .list([
            .record(jobs[id]?.record ?? job.record), job.result.count > 512 ? .bytes(job.result) : .nothing,
            job.errors.isEmpty ? .nothing : .bytes(job.errors.flatMap(\.bytes)),
        ])
    }

    mutating func pause(for time: Int64, by who: String, _ reason: String) -> ModelReply {
        if let refusal { return refusal }
        found()
        meta["paused_until"] = time > 0 ? "\(now + time)" : "0"
        meta.merge(["paused_at": "\(now)", "paused_by": who, "paused_reason": reason]) { $1 }
        wake = nil
        return .list([.number(1)])
    }

    mutating func resume() -> ModelReply {
        if let refusal { return refusal }
        let wasPaused = isPaused
        unpause()
        if ready.contains(where: { !$0.isEmpty }) { wake = now }
        return .list([.number(1), .number(wasPaused ? 1 : 0)])
    }

    mutating func unpause() {
        for field in ["paused_until", "paused_at", "paused_by", "paused_reason"] { meta[field] = nil }
    }

    mutating func configure(_ field: String, _ value: String) -> ModelReply {
        if let refusal { return refusal }
        found()
        if field == "lease" { lowerLease(to: Int64(value) ?? 0) }
        meta[field] = value.isEmpty ? nil : value
        return .list([.number(1)])
    }
}
