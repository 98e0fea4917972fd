// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Looking after the queue.
extension QueueModel {
    mutating func sweep(lease: Int64, interval: Int64, maxCrashes: Int, node: String) -> ModelReply {
        if let refusal { return refusal }
        let (lease, now) = (max(lease, number("lease")), now)
        let gap = meta["look"].flatMap { Int64($0) }.map { now - $0 }
        // An outage, a standstill or a clock that was set: renewals may not have come through.
        let isGap = gap.map { $0 < 0 || 3 * $0 > lease } ?? true
        let isLook = isGap || 10 * (gap ?? 0) >= 9 * interval
        let longest = max(lease, leaseBefore)
        let hold = isGap ? now + longest : min(number("hold"), now + longest)
        let (wasPaused, due) = (isPaused, delayed.filter { $0.at <= now })
        let running = jobs(.running).sorted { ($0.leaseEnd, $0.lease) < ($1.leaseEnd, $1.lease) }
        let expired = now >= hold ? running.filter { $0.leaseEnd <= now } : []
        if isLook {
            found()
            meta.merge(["look": "\(now)", "hold": "\(hold)"]) { $1 }
            if !wasPaused { unpause() }
        }
        for job in running where job.leaseEnd > now + longest { jobs[job.id]?.leaseEnd = now + longest }
        let littered = (0..<4).filter { tombstones($0) > 0 && tombstones($0) >= ready[$0].count }
        for list in littered {
            ready[list] = []
            meta["tomb:\(list)"] = "0"
        }
        if isLook || !littered.isEmpty || !expired.isEmpty { meta["lease"] = "\(lease)" }

        let fates = expired.reversed().map { crash($0.id, maxCrashes) }
        let dead = zip(expired.reversed(), fates).flatMap { job, fate -> [String] in
            guard fate == .dead, let job = jobs[job.id] else { return [] }
            return [job.id, job.content.name, "\(job.attempt)", job.reason ?? ""]
        }
        if !expired.isEmpty {
            count("crashed", expired.count)
            count("died", fates.count { $0 == .dead })
            count("cancelled", fates.count { $0 == .cancelled })
        }
        for job in due { makeReady(job.id) }

        let isClaimable = !wasPaused && (0..<4).contains { ready[$0].count > tombstones($0) }
        if isClaimable, !due.isEmpty || fates.contains(.ready) { wake = now }
        let until = number("paused_until")
        let pause = wasPaused ? (until == 0 ? -1 : until - now) : 0
        let mine = jobs(.running).filter { $0.cancelRequest != nil && $0.node == node }.map(\.id)
        let returned = fates.count { $0 == .ready || $0 == .delayed }
        return .list([
            .number(1), .number(isClaimable ? 1 : 0), .number(nextDue), .number(0), .number(pause), .set(Set(mine)),
            .number(Int64(returned)), .number(Int64(fates.count { $0 == .dead })), .number(Int64(due.count)),
            .texts(dead),
        ])
    }

    /// The length of the leases that may be about from before it was lowered.
    private var leaseBefore: Int64 {
        let (before, end) = (number("lease_before"), number("lease_lowered_until"))
        return end > now && end <= now + before ? before : 0
    }

    /// What is noted when the length of leases is set to something shorter.
    mutating func lowerLease(to value: Int64) {
        let before = max(number("lease"), leaseBefore)
        guard before > value else { return }
        meta.merge(["lease_before": "\(before)", "lease_lowered_until": "\(now + before)"]) { $1 }
    }

    /// Ends an attempt whose worker died: to the front after the first crash, later after a back-off, dead after the last.
    private mutating func crash(_ id: String, _ maxCrashes: Int) -> JobState {
        guard let before = jobs[id] else { return .dead }
        if before.cancelRequest != nil {
            close(id, .cancelled, "cancelled")
            return .cancelled
        }
        let text = "lease expired on node \(before.node)"
        note(id, "c", text)
        let crashes = before.crashes + 1
        if crashes >= maxCrashes {
            bury(id, "crashed too often: \(text)")
            return .dead
        }
        if before.maxAttempts > 0, before.attempt >= before.maxAttempts {
            bury(id, "no attempts left: \(text)")
            return .dead
        }
        if crashes == 1 {
            makeReady(id, atFront: true)
            return .ready
        }
        let wait: Int64 = crashes > 8 ? 300_000 : min(5_000 << Int64(crashes - 2), 300_000)
        // Up to as long again, so that jobs which were claimed together are set apart.
        let share: Int64 = before.fence % 1_000 * 618 % 1_000
        delay(id, until: now + wait + wait * share / 1_000)
        return .delayed
    }

    /// By age only while the clock is beyond doubt.
    mutating func trim(deadAge: Int64, deadCount: Int) -> ModelReply {
        let gap = meta["look"].flatMap { Int64($0) }.map { now - $0 }
        let isSure = gap.map { $0 >= 0 && 3 * $0 <= number("lease") && now >= number("hold") } ?? false
        let ended = (jobs(.completed) + jobs(.cancelled)).filter { isSure && $0.dropAt <= now }
        let dead = jobs(.dead).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        let old = dead.prefix { isSure && $0.at <= now - deadAge }
        let died = dead.prefix(max(old.count, dead.count - deadCount))
        for job in ended + died { forget(job.id) }
        if isSure { recent = recent.filter { $0.value > now - 86_400_000 } }
        return .list([.number(1), .number(Int64(ended.count + died.count)), .number(0)])
    }

    /// Deletes what of a slice was there at a time; newer jobs stay in their place.
    mutating func purge(
        _ source: String, limit: Int, until: Int64, skip: Int
    ) -> (reply: ModelReply, note: String) {
        func isNewer(_ id: String, _ isWaiting: Bool) -> Bool {
            guard let job = jobs[id] else { return false }
            return (isWaiting ? job.revived ?? job.enqueued : job.at) > until
        }
        var deleted = 0
        let passed: Int
        let remains: Int
        if source.hasPrefix("ready:"), let list = Int(source.suffix(1)) {
            let slice = ready[list].dropFirst(skip).prefix(limit)
            var stays: [String] = []
            for id in slice {
                if !isLive(id, in: list) {
                    count("tomb:\(list)", -1)
                } else if isNewer(id, true) {
                    stays.append(id)
                } else {
                    forget(id)
                    deleted += 1
                }
            }
            ready[list].replaceSubrange(slice.startIndex..<slice.endIndex, with: stays)
            if skip < slice.endIndex { count("tomb:\(list)", 0) }
            (passed, remains) = (stays.count, ready[list].count)
        } else {
            let all: [(Int64, String)] =
                switch source {
                case "delayed": delayed.map { ($0.at, $0.id) }
                case "dead": jobs(.dead).map { ($0.at, $0.id) }
                default: (jobs(.completed) + jobs(.cancelled)).map { ($0.dropAt, $0.id) }
                }
            let slice = all.sorted(by: <).dropFirst(skip).prefix(limit).map(\.1)
            for id in slice where !isNewer(id, source == "delayed") {
                forget(id)
                deleted += 1
            }
            (passed, remains) = (slice.count - deleted, all.count - deleted)
        }
        if deleted > 0 { count("purged", deleted) }
        let more = remains > skip + passed ? 1 : 0
        return (
            .list([.number(1), .number(Int64(deleted)), .number(Int64(passed)), .number(Int64(more))]),
            "\(deleted) \(passed) \(more)"
        )
    }
}
