// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension Model {
    func sweep(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        guard parts.count == 10 else { return find("\(call.text): an unknown form of reply") }
        let lease = max(call.number(0), queue.leaseMs ?? 0)
        let gap = queue.lookMs.map { nowMs - $0 }
        // I9: a gap of more than a third of a lease, or a step back, holds all reaping for a lease.
        let isGap = gap.map { $0 < 0 || Double($0) > Double(lease) / 3 } ?? true
        let isLook = isGap || Double(gap ?? 0) >= 0.9 * Double(call.number(1))
        let longest = max(lease, queue.longestLease(nowMs))
        let hold = min(isGap ? nowMs + longest : queue.holdMs, nowMs + longest)
        var waiting: [ModelJob] = []
        for job in queue.jobs.values where job.state == .delayed && job.atMs <= nowMs { waiting.append(job) }
        let due = waiting.sorted { ($0.atMs, $0.id) < ($1.atMs, $1.id) }.prefix(200)
        let running = queue.jobs(.running)
        let expired =
            nowMs < hold
            ? []
            : running.filter { $0.leaseExpiryMs <= nowMs }
                .sorted { ($0.leaseExpiryMs, $0.member) < ($1.leaseExpiryMs, $1.member) }.prefix(100)
        if isLook {
            queue.lookMs = nowMs
            queue.holdMs = hold
            if queue.pausedUntilMs != nil, !queue.isPaused(nowMs) { queue.pausedUntilMs = nil }
        }
        for job in running where job.leaseExpiryMs > nowMs + longest {
            queue.jobs[job.id]?.leaseExpiryMs = nowMs + longest
        }
        let dropped = dropTombstones(&queue)
        if isLook || dropped || !expired.isEmpty { queue.leaseMs = lease }
        let (returned, died) = reap(Array(expired), &queue, nowMs, at, maxCrashes: Int(call.number(2)))
        for job in due { queue.makeReady(job.id, atFront: false, nowMs, at) }
        expect(call, "the jobs returned", wanted: returned, found: parts[6].integerValue ?? -1)
        expect(call, "the jobs that died", wanted: died, found: parts[7].integerValue ?? -1)
        expect(call, "who died", wanted: Int(died) * 4, found: parts[9].arrayValue?.count ?? -1)
        expect(call, "the jobs promoted", wanted: Int64(due.count), found: parts[8].integerValue ?? -1)
        let isClaimable = queue.hasReady && !queue.isPaused(nowMs)
        expect(call, "the answer whether jobs wait", wanted: isClaimable ? 1 : 0, found: parts[1].integerValue ?? -1)
        expect(
            call, "the time until the next is due", wanted: queue.nextDue(nowUs), found: parts[2].integerValue ?? -2)
        let node = call.text(3)
        let cancelling = queue.jobs(.running).filter { $0.isToBeCancelled && $0.node == node }
        expect(
            call, "this node's jobs to cancel", wanted: cancelling.map(\.id).sorted(),
            found: (parts[5].arrayValue ?? []).compactMap(\.string).sorted())
    }

    private func reap(
        _ expired: [ModelJob], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration, maxCrashes: Int
    ) -> (returned: Int64, died: Int64) {
        var returned: Int64 = 0
        var died: Int64 = 0
        for old in expired.reversed() {
            onReap?(queue, old)
            queue.count("crashed")
            guard !old.isToBeCancelled else {
                queue.close(old.id, .cancelled, nowMs)
                queue.count("cancelled")
                continue
            }
            var job = old
            job.crashes += 1
            queue.jobs[job.id] = job
            if job.crashes >= maxCrashes || (job.maxAttempts > 0 && job.attempt >= job.maxAttempts) {
                queue.bury(job.id, nowMs)
                queue.count("died")
                died += 1
            } else if job.crashes == 1 {
                queue.makeReady(job.id, atFront: true, nowMs, at)
                returned += 1
            } else {
                // Up to as long again, by the fence, so that jobs which were claimed together are set apart.
                let doublings: Int64 = min(Int64(job.crashes) - 2, 10)
                let wait: Int64 = min(5_000 << doublings, 300_000)
                let share: Int64 = job.fence % 1_000 * 618 % 1_000
                queue.delay(job.id, until: nowMs + wait + wait * share / 1_000)
                returned += 1
            }
        }
        return (returned, died)
    }

    /// Drops tombstones from the head of a list while there are at least as many as entries.
    ///
    /// Returns whether a list was looked at.
    private func dropTombstones(_ queue: inout ModelQueue) -> Bool {
        var isChange = false
        for list in 0..<4 {
            let count = queue.tombstones(list)
            guard count > 0, count >= queue.ready[list].count else { continue }
            isChange = true
            queue.ready[list].removeFirst(min(queue.ready[list].count, 500))
        }
        return isChange
    }

    func trim(_ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64) {
        let gap = queue.lookMs.map { nowMs - $0 }
        let isSure =
            gap.map { $0 >= 0 && Double($0) <= Double(queue.leaseMs ?? 0) / 3 && nowMs >= queue.holdMs } ?? false
        var ended: [ModelJob] = []
        let dead = queue.sorted(.dead, by: \.atMs)
        var died: [ModelJob] = []
        if isSure {
            ended = Array(
                queue.sorted(.completed, .cancelled, by: \.heldUntilMs).filter { $0.heldUntilMs <= nowMs }.prefix(100))
            died = Array(dead.filter { $0.atMs <= nowMs - call.number(0) }.prefix(100))
        }
        let over = dead.count - Int(call.number(1))
        if over > died.count { died = Array(dead.prefix(min(over, 100))) }
        for job in ended + died { queue.forget(job.id) }
        expect(
            call, "the jobs dropped", wanted: Int64(ended.count + died.count),
            found: parts.count > 1 ? parts[1].integerValue ?? -1 : -1)
    }
}
