// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// What workers call.
extension QueueModel {
    typealias Finish = (id: String, lease: String, result: String)
    typealias Failure = (id: String, lease: String, action: String, delay: Int64, kind: String, text: String)
    typealias HandBack = (id: String, lease: String, delay: Int64, wasStarted: Bool)

    func isRunning(_ id: String, under lease: String) -> Bool {
        jobs[id].map { $0.state == .running && $0.lease == lease } ?? false
    }

    mutating func advance(
        _ finished: [Finish], limit: Int, lease: Int64, node: String, seen: Int64
    ) -> (reply: ModelReply, note: String) {
        found()
        let lease = max(lease, number("lease"))
        var lost: [String] = []
        var ended: [Finish] = []
        for finish in finished {
            let isFirst = !ended.contains { $0.id == finish.id }
            if isFirst, isRunning(finish.id, under: finish.lease) {
                ended.append(finish)
            } else {
                lost.append(finish.id)
            }
        }
        // What is claimed is chosen among what was ready before.
        for finish in ended { close(finish.id, .completed, nil, result: Array(finish.result.utf8)) }
        meta["lease"] = "\(lease)"
        count("completed", ended.count)
        if let last = ended.last, abs(now - number("sampled")) >= 10 {
            recent[last.id] = now
            meta["sampled"] = "\(now)"
        }
        let claimed = claim(isPaused ? 0 : limit, lease, node, seen)
        let live = (0..<4).reduce(0) { $0 + ready[$1].count - tombstones($1) }
        let hasMore = live > 0 && !isPaused
        if hasMore { wake = now }
        let parts = claimed.flatMap { job -> [ModelReply] in
            [.text(job.id), .record(job.record), Self.bigPayload(job)]
        }
        let reply: [ModelReply] = [
            .number(1), .texts(lost), .list(parts), .number(hasMore ? 1 : 0), .number(hasMore ? -1 : nextDue),
        ]
        let words = (claimed.first.map { ["\($0.fence)"] } ?? []) + claimed.map(\.id)
        return (.list(reply), lost.joined(separator: " ") + "," + words.joined(separator: " "))
    }

    /// Takes jobs from the heads of the lists, urgent first; drops tombstones and ends expired jobs as it meets them.
    private mutating func claim(_ limit: Int, _ lease: Int64, _ node: String, _ seen: Int64) -> [ModelJob] {
        var fence = max(number("fence"), seen, microseconds)
        var claimed: [ModelJob] = []
        var hasMetAny = false
        for list in 0..<4 {
            var (left, dropped) = (limit - claimed.count + tombstones(list), 0)
            while claimed.count < limit, left > 0, let id = ready[list].first {
                ready[list].removeFirst()
                left -= 1
                hasMetAny = true
                guard isLive(id, in: list), var job = jobs[id] else {
                    dropped += 1
                    continue
                }
                guard !job.isOverdue(now) else {
                    expire(id, countsTombstone: false)
                    continue
                }
                fence += 1
                (job.state, job.at, job.fence, job.node) = (.running, now, fence, node)
                job.attempt = min(job.attempt + 1, 65_535)
                job.leaseEnd = now + lease
                jobs[id] = job
                claimed.append(job)
            }
            if dropped > 0 { count("tomb:\(list)", -dropped) }
        }
        if hasMetAny {
            meta["fence"] = "\(fence)"
            count("claimed", claimed.count)
        }
        return claimed
    }

    mutating func fail(_ failures: [Failure], maxCrashes: Int) -> (reply: ModelReply, note: String) {
        let firstDue = nextDue
        var soonest: Int64?
        var codes: [String] = []
        var seen: Set<String> = []
        var counts = ["failed": 0, "retried": 0, "died": 0, "cancelled": 0]
        for failure in failures {
            let (id, kind) = (failure.id, failure.kind)
            guard isRunning(id, under: failure.lease), seen.insert(id).inserted else {
                codes.append("l")
                continue
            }
            counts["failed", default: 0] += 1
            note(id, kind, failure.text)
            guard let job = jobs[id] else { continue }
            let isSpent = job.maxAttempts > 0 && job.attempt >= job.maxAttempts
            let crashedTooOften = kind == "c" && job.crashes >= maxCrashes
            if job.cancelRequest != nil {
                close(id, .cancelled, "cancelled")
                counts["cancelled", default: 0] += 1
                codes.append("k")
            } else if failure.action == "d" || isSpent || crashedTooOften {
                let why = crashedTooOften ? "crashed too often: " : "no attempts left: "
                bury(id, failure.action == "d" ? failure.text : why + failure.text)
                counts["died", default: 0] += 1
                codes.append("d")
            } else {
                let due = due(in: failure.delay)
                delay(id, until: due)
                soonest = min(soonest ?? .max, due)
                counts["retried", default: 0] += 1
                codes.append("r")
            }
        }
        for (field, more) in counts { count(field, more) }
        wakeUp(isReady: false, soonest: soonest, firstDue: firstDue)
        return (.codes(codes), codes.joined())
    }

    /// The attempt of a job that is handed back is unused; those for the front keep their order there.
    mutating func release(_ handed: [HandBack]) -> (reply: ModelReply, note: String) {
        let firstDue = nextDue
        var (isReady, soonest) = (false, Int64?.none)
        var codes: [String] = []
        var seen: Set<String> = []
        var front: [String] = []
        for job in handed {
            guard isRunning(job.id, under: job.lease), seen.insert(job.id).inserted else {
                codes.append("l")
                continue
            }
            guard jobs[job.id]?.cancelRequest == nil else {
                close(job.id, .cancelled, "cancelled")
                codes.append("k")
                continue
            }
            codes.append("o")
            jobs[job.id]?.progress = nil
            jobs[job.id]?.attempt -= 1
            if job.wasStarted { jobs[job.id]?.mayExpire = false }
            let returns = jobs[job.id]?.returns ?? 0
            jobs[job.id]?.returns = min(returns + 1, 255)
            if job.delay < 0 {
                front.append(job.id)
                isReady = true
            } else {
                let due = due(in: job.delay)
                delay(job.id, until: due)
                soonest = min(soonest ?? .max, due)
            }
        }
        for id in front.reversed() { makeReady(id, atFront: true) }
        count("released", codes.count { $0 == "o" })
        count("cancelled", codes.count { $0 == "k" })
        wakeUp(isReady: isReady, soonest: soonest, firstDue: firstDue)
        return (.codes(codes), codes.joined())
    }

    mutating func renew(_ leases: [String], lease: Int64) -> ModelReply {
        let lease = max(lease, number("lease"))
        let end = now + lease
        let held = leases.filter { name in jobs(.running).contains { $0.lease == name } }
        for job in jobs(.running) where held.contains(job.lease) { jobs[job.id]?.leaseEnd = end }
        if !held.isEmpty { meta["lease"] = "\(lease)" }
        return .texts(leases.filter { !held.contains($0) })
    }

    mutating func progress(_ id: String, _ lease: String, _ text: String) -> ModelReply {
        guard isRunning(id, under: lease) else { return .number(0) }
        jobs[id]?.progress = text
        return .number(1)
    }

    /// A line is known by the fence of its run and its number, and is written once.
    mutating func log(_ lease: String, attempt: String, first: Int, ttl: Int64, _ lines: [String]) -> ModelReply {
        let words = lease.split(separator: ":")
        let id = String(words[0])
        guard isRunning(id, under: lease), let fence = Int64(words[1]) else { return .number(0) }
        var log = logs[id].flatMap { now > $0.expires ? nil : $0 } ?? ModelLog(expires: 0)
        for (index, line) in lines.enumerated() {
            if let last = log.lines.last, (last.fence, last.number) >= (fence, first + index) { continue }
            log.lines.append((fence, first + index, attempt, line))
        }
        log.expires = now + ttl
        logs[id] = log.lines.isEmpty ? nil : log
        return .number(1)
    }

    mutating func beat(_ node: String, _ details: String, _ served: [String]) -> ModelReply {
        nodes = nodes.filter { $0.key == node || $0.value.at > now - 86_400_000 }
        nodes[node] = (now, details)
        queues.formUnion(served)
        return .number(1)
    }

    mutating func leave(_ node: String) -> ModelReply {
        nodes[node] = nil
        return .number(1)
    }
}
