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
        case "cancel": expectCodes(call, parts, from: 2) { cancel($0, &queue, nowMs, at) }
        case "retry_dead": expectCodes(call, parts, from: 1) { retryDead($0, &queue, nowMs, at) }
        case "remove": expectCodes(call, parts, from: 0) { remove($0, &queue) }
        case "promote":
            expectCodes(call, parts, from: 0) { id in
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

    private func cancel(_ id: String, _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration) -> String {
        guard let job = queue.jobs[id] else { return "m" }
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
        queue.jobs[id] = job
        queue.makeReady(id, atFront: false, nowMs, at)
        queue.count("revived")
        return "o"
    }

    private func remove(_ id: String, _ queue: inout ModelQueue) -> String {
        guard let job = queue.jobs[id] else { return "m" }
        if job.state == .running { return "n" }
        queue.forget(id)
        return "o"
    }

    private func purge(_ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue) {
        let source = call.text(1)
        let limit = Int(call.number(2))
        var ids: [String]
        if source.hasPrefix("ready:"), let list = Int(source.suffix(1)) {
            let entries = queue.ready[list].prefix(limit)
            ids = []
            for id in entries where queue.isLiveEntry(id, list) && !ids.contains(id) { ids.append(id) }
            queue.ready[list].removeFirst(entries.count)
        } else {
            let jobs =
                switch source {
                case "delayed": queue.sorted(.delayed, by: \.atMs)
                case "dead": queue.sorted(.dead, by: \.atMs)
                default: queue.sorted(.completed, .cancelled, by: \.heldUntilMs)
                }
            ids = jobs.prefix(limit).map(\.id)
        }
        for id in ids { queue.forget(id) }
        queue.count("purged", ids.count)
        expect(
            call, "the jobs deleted", wanted: Int64(ids.count),
            found: parts.count > 1 ? parts[1].integerValue ?? -1 : -1)
    }
}
