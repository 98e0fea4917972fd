// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

extension Ledger {
    private enum Code {
        static let delayed = UInt8(ascii: "d")
        static let ready = UInt8(ascii: "r")
        static let running = UInt8(ascii: "n")
        static let completed = UInt8(ascii: "c")
        static let dead = UInt8(ascii: "x")
        static let none = UInt8(ascii: "-")
        /// Not there, or ended and kept: an enqueue may add it (again).
        static let gone = [none, completed, UInt8(ascii: "k")]
    }

    /// A job's record was written; the offsets are those of the header.
    mutating func write(_ id: String, _ record: UnsafeRawBufferPointer, _ step: inout LedgerStep) {
        guard record.count > 36 else { return violate("\(id): a record of \(record.count) bytes") }
        var job = jobs[id] ?? Job()
        let (old, new) = (job.state, record[1])
        let at = record.number(from: 17, bytes: 6)
        let fence = record.number(from: 23, bytes: 7)
        let node = UnsafeRawBufferPointer(rebasing: record[30..<36]).text
        if old == Code.running, new != Code.running {
            leave(id, &job, new, at, record, &step)
        } else if old == Code.running {
            if fence != job.fence { violate("\(id): the fence of a running job went from \(job.fence) to \(fence)") }
        } else if new == Code.running {
            claim(id, &job, fence, node, at)
        } else if Code.gone.contains(old), new == Code.ready || new == Code.delayed {
            job.added += 1
        } else if old == Code.delayed, new == Code.ready, at < job.due {
            violate("\(id): due at \(job.due), ready at \(at)")
        }
        job.state = new
        if new == Code.delayed { job.due = at }
        jobs[id] = job
    }

    private mutating func claim(_ id: String, _ job: inout Job, _ fence: Int64, _ node: String, _ at: Int64) {
        if job.state != Code.ready { violate("\(id): claimed while it was not ready") }
        if fence <= job.highestFence { violate("\(id): fence \(fence) after \(job.highestFence)") }
        job.highestFence = max(job.highestFence, fence)
        job.fence = fence
        job.node = node
        job.claims.append(fence)
    }

    /// A running job went into another state: it must have been taken from its present lease in the same step.
    private mutating func leave(
        _ id: String, _ job: inout Job, _ new: UInt8, _ at: Int64, _ record: UnsafeRawBufferPointer,
        _ step: inout LedgerStep
    ) {
        let member = "\(id):\(job.fence):\(job.node)"
        if !step.removed.contains(member) { violate("\(id): ended or moved without its lease \(member)") }
        defer { takeExpiry(member) }
        if new == Code.completed {
            let result = (try? JobRecord(Array(record)))?.result.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
            job.finishes.append(Finish(fence: job.fence, time: step.time ?? at, result: result))
            step.finished += 1
            return
        }
        if new == Code.dead { job.died += 1 }
        let crashes = Int(record[7])
        if crashes > job.crashes {
            job.crashes = crashes
            // A back-off counts from the time of the reaping: see lua/include/reap.lua.
            let wait = Int64(min(5000 << min(max(0, crashes - 2), 6), 300_000))
            let backoff = new == Code.delayed ? wait + wait * (job.fence % 1000 * 618 % 1000) / 1000 : 0
            reaps.append(
                Reap(
                    id: id, fence: job.fence, node: job.node, time: at - backoff, expiry: expiry(member),
                    crash: crashes, list: (Int(record[2]) - 48) / 4))
        } else if Int(record.number(from: 5, bytes: 2)) < job.claims.count - job.handBacks {
            job.handBacks += 1
        } else {
            job.failures += 1
        }
    }

    /// A job's record was deleted.
    mutating func delete(_ id: String, _ step: inout LedgerStep) {
        guard var job = jobs[id], job.state != Code.none else { return violate("\(id): deleted, and was not there") }
        if job.state == Code.running {
            let member = "\(id):\(job.fence):\(job.node)"
            if !step.removed.contains(member) { violate("\(id): ended without its lease \(member)") }
            takeExpiry(member)
            job.finishes.append(Finish(fence: job.fence, time: step.time ?? 0, result: nil))
            step.finished += 1
        }
        job.state = Code.none
        jobs[id] = job
    }
}
