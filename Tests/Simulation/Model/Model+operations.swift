// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension Model {
    /// Follows what a person or another program does to jobs.
    func operate(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        switch call.script {
        case "cancel":
            let meant = Meant(states: call.text(2), seenMs: call.number(3))
            expectCodes(call, parts, from: 4) { cancel($0, meant, &queue, nowMs, at) }
        case "retry_dead": expectCodes(call, parts, from: 1) { retryDead($0, &queue, nowMs, at) }
        case "remove":
            let meant = Meant(states: call.text(1), seenMs: call.number(2))
            expectCodes(call, parts, from: 3) { remove($0, meant, &queue) }
        case "promote":
            expectCodes(call, parts, from: 1) { id in
                guard let job = queue.jobs[id] else { return "m" }
                guard job.state == .delayed else { return "s" }
                queue.makeReady(id, atFront: false, nowMs, at)
                return "o"
            }
        case "purge": purge(call, parts, &queue)
        default:
            let id = call.text(0)
            let isThere = parts.first.map { !$0.isNull } ?? false
            expect(call, "the answer whether \(id) is there", wanted: queue.jobs[id] != nil, found: isThere)
            if queue.jobs[id]?.isLive == true { queue.jobs[id]?.isAwaited = true }
        }
    }

    private func expectCodes(
        _ call: ObservedCall, _ parts: [RedisValue], from index: Int, _ decide: (String) -> String
    ) {
        expect(
            call, "the answer", wanted: call.texts(from: index).map(decide).joined(), found: parts.last?.string ?? "")
    }

    /// Which jobs the call may touch: those in some states (any, if empty) that were enqueued by a time (any, if 0).
    private struct Meant {
        var states: String
        var seenMs: Int64

        func includes(_ job: ModelJob) -> Bool {
            let letter = Character(UnicodeScalar(job.state.recordCode))
            return (states.isEmpty || states.contains(letter)) && (seenMs == 0 || job.enqueuedMs <= seenMs)
        }
    }

    private func cancel(
        _ id: String, _ meant: Meant, _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) -> String {
        guard let job = queue.jobs[id] else { return "m" }
        if job.isLive, !meant.includes(job) { return "s" }
        if job.state == .running {
            queue.jobs[id]?.isToBeCancelled = true
            if job.flaggedAt == nil { queue.jobs[id]?.flaggedAt = at }
            return "f"
        }
        guard job.isWaiting else { return "e" }
        queue.close(id, .cancelled, nowMs)
        queue.count("cancelled")
        return "k"
    }

    private func retryDead(_ id: String, _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration) -> String {
        guard var job = queue.jobs[id] else { return "m" }
        guard job.state == .dead else { return "s" }
        if let key = job.uniqueKey {
            if let holder = queue.owners[key], holder != id {
                if let held = queue.jobs[holder], held.isWaiting, held.isExpired(nowMs) {
                    expire(holder, &queue, nowMs)
                }
                if queue.jobs[holder]?.holdsKey(nowMs) == true { return "u" }
            }
            queue.owners[key] = id
        }
        job.attempt = 0
        job.crashes = 0
        job.returns = 0
        job.expiresMs = nil
        job.revivedMs = nowMs
        queue.jobs[id] = job
        queue.makeReady(id, atFront: false, nowMs, at)
        queue.count("revived")
        return "o"
    }

    private func remove(_ id: String, _ meant: Meant, _ queue: inout ModelQueue) -> String {
        guard let job = queue.jobs[id] else { return "m" }
        if job.state == .running { return "n" }
        guard meant.includes(job) else { return "s" }
        queue.forget(id)
        return "o"
    }

    private func purge(_ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue) {
        let source = call.text(1)
        let (limit, untilMs, skip) = (Int(call.number(2)), call.number(3), Int(call.number(4)))
        func isNewer(_ job: ModelJob) -> Bool {
            (job.isWaiting ? job.revivedMs ?? job.enqueuedMs : job.atMs) > untilMs
        }
        var ids: [String] = []
        var stays: [String] = []
        if source.hasPrefix("ready:"), let list = Int(source.suffix(1)) {
            let entries = queue.ready[list].dropFirst(skip).prefix(limit)
            for id in entries where queue.isLiveEntry(id, list) && !ids.contains(id) {
                if let job = queue.jobs[id], isNewer(job) { stays.append(id) } else { ids.append(id) }
            }
            queue.ready[list].replaceSubrange(entries.startIndex..<entries.endIndex, with: stays)
        } else {
            let jobs =
                switch source {
                case "delayed": queue.sorted(.delayed, by: \.atMs)
                case "dead": queue.sorted(.dead, by: \.atMs)
                default: queue.sorted(.completed, .cancelled, by: \.heldUntilMs)
                }
            for job in jobs.dropFirst(skip).prefix(limit) {
                if isNewer(job) { stays.append(job.id) } else { ids.append(job.id) }
            }
        }
        for id in ids { queue.forget(id) }
        queue.count("purged", ids.count)
        for (what, wanted, at) in [("the jobs deleted", ids.count, 1), ("the jobs passed over", stays.count, 2)] {
            expect(
                call, what, wanted: Int64(wanted), found: parts.count > at ? parts[at].integerValue ?? -1 : -1)
        }
    }
}
