// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Taking jobs in.
extension QueueModel {
    /// Each entry meets the queue as the entries before it left it; only the room is that of the start.
    mutating func enqueue(_ entries: [TestJob]) -> (reply: ModelReply, note: String) {
        found()
        let room = room
        let firstDue = nextDue
        var touched: Set<String> = []
        var codes: [String] = []
        var holders: [String] = []
        var added = 0
        var isReady = false
        var soonest: Int64?
        for entry in entries {
            if !touched.contains(entry.id) { makeRoom(for: entry.id) }
            guard jobs[entry.id] == nil else {
                codes.append("e")
                holders.append(entry.id)
                continue
            }
            if let key = entry.content.unique, let owner = owner(of: key.key) {
                holders.append(owner)
                switch key.onConflict {
                case .existing: codes.append("e")
                case .replace where jobs[owner]?.isWaiting == true:
                    codes.append("p")
                    replace(owner, entry)
                    touched.insert(owner)
                case .replace, .reject: codes.append("r")
                }
            } else if added >= room {
                codes.append("f")
            } else {
                codes.append("n")
                added += 1
                touched.insert(entry.id)
                add(entry)
                if let job = jobs[entry.id], job.state == .delayed {
                    soonest = min(soonest ?? job.at, job.at)
                } else {
                    isReady = true
                }
            }
        }
        count("enqueued", added)
        wakeUp(isReady: isReady, soonest: soonest, firstDue: firstDue)
        let note = codes.joined() + " " + holders.joined(separator: " ")
        return (.list([.number(1), .text(codes.joined()), .texts(holders)]), note)
    }

    /// How many jobs the depth limit lets in: `limit` live ones, twice as many entries.
    private var room: Int {
        guard let limit = meta["depth_limit"].flatMap({ Int($0) }) else { return .max }
        let entries = jobs(.delayed).count + ready.reduce(0) { $0 + $1.count }
        let live = entries - (0..<4).reduce(0) { $0 + tombstones($1) }
        return min(limit - live, 2 * limit - entries)
    }

    /// Ends a job that has the id but has expired, drops one whose time is over.
    private mutating func makeRoom(for id: String) {
        guard let job = jobs[id] else { return }
        if job.isOverdue(now) {
            expire(id, countsTombstone: true)
        } else if [.completed, .cancelled].contains(job.state), job.at + job.heldFor <= now {
            forget(id)
        }
    }

    /// The job that holds a key; one that has expired is ended, and holds it only for its window.
    mutating func owner(of key: String) -> String? {
        guard let id = unique[key], let job = jobs[id], job.holdsKey(now) else { return nil }
        guard job.isOverdue(now) else { return id }
        expire(id, countsTombstone: true)
        return jobs[id]?.holdsKey(now) == true ? id : nil
    }

    private mutating func add(_ entry: TestJob) {
        let job = ModelJob(entry, now: now, due: due(in:))
        jobs[entry.id] = job
        if job.state == .ready { ready[job.list].append(entry.id) }
        guard let key = entry.content.unique?.key else { return }
        unique[key] = entry.id
        hasHadUniqueKeys = true
    }

    /// Gives a waiting job new data and options; its place, priority and times (also that of its retrial) stay, and it stays
    /// awaited.
    private mutating func replace(_ id: String, _ entry: TestJob) {
        guard let old = jobs[id] else { return }
        var content = entry.content
        content.priority = old.priority
        var job = ModelJob(TestJob(id, content: content), now: old.enqueued, due: due(in:))
        (job.state, job.at, job.revived) = (old.state, old.at, old.revived)
        job.expires = job.mayExpire ? now + content.expiresAfterMilliseconds : 0
        job.isAwaited = job.isAwaited || old.isAwaited
        jobs[id] = job
    }
}

extension TestJob {
    init(_ id: String, content: NewJob.Content) {
        self.init(id)
        self.content = content
    }
}
