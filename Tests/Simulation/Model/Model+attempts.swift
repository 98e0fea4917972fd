// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension Model {
    func advance(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        guard parts.count == 5 else { return find("\(call.text): an unknown form of reply") }
        var lost: [String] = []
        let finished = call.texts(from: 5)
        for index in stride(from: 0, to: finished.count - 2, by: 3) {
            if queue.running(finished[index], finished[index + 1]) != nil {
                queue.close(finished[index], .completed, nowMs)
                queue.count("completed")
            } else {
                lost.append(finished[index])
            }
        }
        expect(call, "what is lost", wanted: lost, found: (parts[1].arrayValue ?? []).compactMap(\.string))
        queue.leaseMs = max(call.number(1), queue.leaseMs ?? 0)
        let wanted = queue.isPaused(nowMs) ? [] : takeReady(&queue, limit: Int(call.number(2)), nowMs)
        let claimed = Self.claimed(parts)
        expect(call, "the claims", wanted: wanted, found: claimed.map(\.0))
        for (id, record) in claimed { claim(call, id, record, &queue, nowMs, at) }
        let isMore = queue.hasReady && !queue.isPaused(nowMs)
        expect(call, "the answer whether there is more", wanted: isMore ? 1 : 0, found: parts[3].integerValue ?? -1)
        expect(
            call, "the time until the next is due", wanted: isMore ? -1 : queue.nextDue(nowUs),
            found: parts[4].integerValue ?? -2)
    }

    /// Takes the jobs off the lists that a claim must get; drops the tombstones and ends the expired ones on the way.
    private func takeReady(_ queue: inout ModelQueue, limit: Int, _ nowMs: Int64) -> [String] {
        var taken: [String] = []
        for list in 0..<4 where taken.count < limit {
            let window = limit - taken.count + min(queue.tombstones(list), 100)
            var used = 0
            for id in queue.ready[list].prefix(window) {
                if taken.count >= limit { break }
                used += 1
                guard queue.isLiveEntry(id, list), !taken.contains(id) else { continue }
                if queue.jobs[id]?.isExpired(nowMs) == true {
                    expire(id, &queue, nowMs)
                } else {
                    taken.append(id)
                }
            }
            queue.ready[list].removeFirst(used)
        }
        return taken
    }

    private func claim(
        _ call: ObservedCall, _ id: String, _ record: JobRecord?, _ queue: inout ModelQueue, _ nowMs: Int64,
        _ at: Duration
    ) {
        guard let record, var job = queue.jobs[id] else { return find("\(call.text): \(id) was claimed and is no job") }
        if job.state != .ready { find("\(call.text): \(id) was claimed and is \(job.state)") }
        expect(call, "the attempt of \(id)", wanted: job.attempt + 1, found: record.attempt)
        expect(call, "the crashes of \(id)", wanted: job.crashes, found: record.crashes)
        expect(call, "the node of \(id)", wanted: call.text(3), found: record.node)
        if record.fence <= max(queue.lastFence, call.number(4)) {
            find("\(call.text): the fence \(record.fence) of \(id) does not grow")
        }
        queue.lastFence = max(queue.lastFence, record.fence)
        job.state = .running
        job.attempt += 1
        job.atMs = nowMs
        job.fence = record.fence
        job.node = record.node
        job.leaseExpiryMs = nowMs + (queue.leaseMs ?? 0)
        queue.jobs[id] = job
        queue.count("claimed")
        claims[Self.claimKey(queue.name, job.member)] = Claim(at: at)
    }

    func fail(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        var codes = ""
        for index in stride(from: 2, to: call.arguments.count - 5, by: 6) {
            let id = call.text(index)
            guard var job = queue.running(id, call.text(index + 1)) else {
                codes += "l"
                continue
            }
            let isCrash = call.text(index + 4) == "c"
            if isCrash { job.crashes += 1 }
            queue.jobs[id] = job
            queue.count("failed")
            if job.isToBeCancelled {
                queue.close(id, .cancelled, nowMs)
                queue.count("cancelled")
                codes += "k"
            } else if call.text(index + 2) == "d" || (job.maxAttempts > 0 && job.attempt >= job.maxAttempts)
                || (isCrash && job.crashes >= Int(call.number(1)))
            {
                queue.bury(id, nowMs)
                queue.count("died")
                codes += "d"
            } else {
                queue.delay(id, until: due(in: call.number(index + 3), nowMs))
                queue.count("retried")
                codes += "r"
            }
        }
        expect(call, "the answer", wanted: codes, found: parts.last?.string ?? "")
    }

    func release(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        let handed = stride(from: 1, to: call.arguments.count - 3, by: 4)
        var codes: [String] = []
        for index in handed {
            codes.append(queue.running(call.text(index), call.text(index + 1)) == nil ? "l" : "o")
        }
        for (place, index) in Array(handed.enumerated()).reversed() where codes[place] == "o" {
            let id = call.text(index)
            guard var job = queue.jobs[id] else { continue }
            if job.isToBeCancelled {
                queue.close(id, .cancelled, nowMs)
                queue.count("cancelled")
                codes[place] = "k"
                continue
            }
            queue.count("released")
            job.attempt -= 1
            job.returns = min(job.returns + 1, 255)
            if call.text(index + 3) == "1" { job.expiresMs = nil }
            queue.jobs[id] = job
            let delay = call.number(index + 2)
            if delay < 0 {
                queue.makeReady(id, atFront: true, nowMs, at)
            } else {
                queue.delay(id, until: due(in: delay, nowMs))
            }
        }
        expect(call, "the answer", wanted: codes.joined(), found: parts.last?.string ?? "")
    }

    func renew(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        let lease = max(call.number(0), queue.leaseMs ?? 0)
        var lost: [String] = []
        for member in call.texts(from: 1) {
            let id = String(member.prefix { $0 != ":" })
            if queue.running(id, member) == nil {
                lost.append(member)
            } else {
                queue.jobs[id]?.leaseExpiryMs = nowMs + lease
                queue.leaseMs = lease
                let key = Self.claimKey(queue.name, member)
                claims[key]?.at = at
                claims[key]?.isKnown = true
            }
        }
        expect(call, "what is lost", wanted: lost, found: parts.compactMap(\.string))
    }
}
