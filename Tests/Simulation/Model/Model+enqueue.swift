// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension Model {
    private typealias Entry = (id: String, record: JobRecord, policy: String)

    /// What the call is to enqueue; nil if it cannot be read.
    private static func entries(of call: ObservedCall) -> [Entry]? {
        var entries: [Entry] = []
        var index = 1
        while index < call.arguments.count {
            let head = call.arguments[index]
            guard index + 1 < call.arguments.count, let count = Int(call.text(index + 1)) else { return nil }
            index += 2
            for _ in 0..<count {
                guard index + 1 < call.arguments.count,
                    let record = try? JobRecord(head + call.arguments[index + 1])
                else { return nil }
                var entry = (id: call.text(index), record: record, policy: "")
                index += 2
                if record.flags.contains(.hasUniqueKey) {
                    entry.policy = call.text(index + 1)
                    index += 2
                }
                if record.flags.contains(.bigPayload) { index += 1 }
                entries.append(entry)
            }
        }
        return entries
    }

    func enqueue(
        _ call: ObservedCall, _ parts: [RedisValue], _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        guard let entries = Self.entries(of: call) else { return find("\(call.text): an entry cannot be read") }
        let codes = parts.count == 3 ? parts[1].bytesValue ?? [] : []
        var holders = (parts.count == 3 ? parts[2].arrayValue ?? [] : []).compactMap(\.string)[...]
        guard codes.count == entries.count else { return find("\(call.text): not as many answers as entries") }
        for (entry, code) in zip(entries, codes) {
            let (wanted, holder) = decide(entry.id, entry.record, entry.policy, &queue, nowMs, at)
            expect(call, "the answer to \(entry.id)", wanted: wanted, found: String(UnicodeScalar(code)))
            if let holder {
                expect(call, "who answers for \(entry.id)", wanted: holder, found: holders.popFirst() ?? "nobody")
            }
            if let serial = entry.record.tags["call"].flatMap({ Int($0) }) {
                enqueued[serial, default: []].append((code, holder ?? entry.id))
            }
        }
    }

    /// Decides one entry and follows it.
    ///
    /// Returns the answer, and who holds what was asked for if it is not the new job.
    private func decide(
        _ id: String, _ entry: JobRecord, _ policy: String, _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) -> (String, String?) {
        if let present = queue.jobs[id] {
            if present.isWaiting, present.isExpired(nowMs) {
                expire(id, &queue, nowMs)
            } else if !present.standsForID(nowMs) {
                queue.forget(id)
            }
            if queue.jobs[id] != nil { return ("e", id) }
        }
        if let key = entry.uniqueKey, let owner = queue.owners[key] {
            if let owned = queue.jobs[owner], owned.isWaiting, owned.isExpired(nowMs) { expire(owner, &queue, nowMs) }
            if let owned = queue.jobs[owner], owned.holdsKey(nowMs) {
                if policy == "e" { return ("e", owner) }
                guard policy == "p", owned.isWaiting else { return ("r", owner) }
                replace(owned, by: entry, &queue, nowMs, at)
                return ("p", owner)
            }
        }
        let job = ModelJob(id: id, entry: entry, nowMs: nowMs, at: at) { due(in: $0, nowMs) }
        queue.jobs[id] = job
        if job.state == .ready { queue.ready[job.list].append(id) }
        if let key = job.uniqueKey { queue.owners[key] = id }
        queue.count("enqueued")
        return ("n", nil)
    }

    /// Ends a waiting job that must not be started any more.
    func expire(_ id: String, _ queue: inout ModelQueue, _ nowMs: Int64) {
        queue.close(id, .cancelled, nowMs)
        queue.count("expired")
    }

    private func replace(
        _ old: ModelJob, by entry: JobRecord, _ queue: inout ModelQueue, _ nowMs: Int64, _ at: Duration
    ) {
        var job = ModelJob(id: old.id, entry: entry, nowMs: nowMs, at: at) { due(in: $0, nowMs) }
        job.state = old.state
        job.list = old.list
        job.atMs = old.atMs
        (job.enqueuedMs, job.revivedMs) = (old.enqueuedMs, old.revivedMs)
        job.readySince = old.readySince
        job.isAwaited = job.isAwaited || old.isAwaited
        queue.jobs[old.id] = job
    }
}
