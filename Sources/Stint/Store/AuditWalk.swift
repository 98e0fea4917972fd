// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Walks over everything that a queue holds and tells what is wrong.
///
/// Pure: ``next()`` says which script is called, ``take(_:)`` takes its reply.
///
/// First the ready lists are walked, from their ends, and who is in them is remembered (as hashes, 16 bytes or so a
/// job). Then come the records. A ready job that was so before the walk began, and that the walk did not meet, is a
/// suspect: the lists are walked once more for the suspects alone, and who is still ready since the same moment is not
/// in its list. The indexes come last.
package struct AuditWalk: Sendable {
    /// The most records or index entries a call.
    package static let recordsPerCall = 200
    /// The most entries of a ready list a call.
    package static let entriesPerCall = 500
    /// What is walked over besides records and ready lists.
    static let indexes = ["delayed", "leases", "dead", "kept", "unique", "big", "errors", "progress", "cancelling"]

    private enum Stage {
        case shape
        case ready(ReadyWalk)
        case records(cursor: String)
        case again(ReadyWalk)
        case confirm([String])
        case index(Int, cursor: String)
        case done
    }

    /// A ready job that no walk has met.
    private struct Suspect {
        let list: Int
        let since: String
    }

    private let keys: QueueKeys
    private let queue: String
    private var stage = Stage.shape
    private var began: Int64 = 0
    private var clock: Int64 = 0
    private var isClockSure = true
    private var met: [Set<Int>] = Array(repeating: [], count: 4)
    private var suspects: [String: Suspect] = [:]
    private var told: Set<AuditFinding> = []
    private var checked = 0
    private var total = 0

    /// Begins a walk over a queue.
    package init(_ keys: QueueKeys, queue: String) {
        self.keys = keys
        self.queue = queue
    }

    /// Returns the next call; nil when all was looked at.
    package func next() -> ScriptCall? {
        switch stage {
        case .shape: Scripts.auditQueue(keys)
        case .ready(let walk), .again(let walk):
            Scripts.auditReady(keys, list: walk.list, offset: walk.offset, limit: Self.entriesPerCall)
        case .records(let cursor):
            Scripts.auditRecords(keys, cursor: cursor, limit: Self.recordsPerCall, sinceMs: Int(began))
        case .confirm(let ids):
            Scripts.auditRecords(
                keys, cursor: "0", limit: Self.recordsPerCall, sinceMs: Int(began),
                ids: ids.prefix(Self.recordsPerCall).map { Array($0.utf8) })
        case .index(let index, let cursor):
            Scripts.auditIndex(keys, source: Self.indexes[index], cursor: cursor, limit: Self.recordsPerCall)
        case .done: nil
        }
    }

    /// Takes the reply of the call that ``next()`` gave.
    package mutating func take(_ value: RedisValue) throws(StintError) -> AuditStep {
        let reply = try AuditReply(value, queue: queue)
        if reply.now < clock { isClockSure = false }
        clock = max(clock, reply.now)
        var findings: [AuditFinding] = []
        var unjudged: [String] = []
        var entries = 0
        switch stage {
        case .shape:
            findings = try reply.findings(at: 2)
            let sizes = try reply.integers(at: 1)
            total = sizes.reduce(0, +)
            began = reply.now
            let isBroken = findings.contains { $0.kind == .type || ($0.kind == .number && $0.first == "schema") }
            if isBroken { unjudged = ["the rest of '\(queue)' was not looked at"] }
            stage = isBroken ? .done : .ready(ReadyWalk(list: 0))
        case .ready(var walk):
            let slice = try ReadySlice(reply)
            entries = slice.ids.count
            if !walk.take(slice) {
                stage = .ready(walk)
                break
            }
            if let (first, second) = walk.miscount {
                findings = [AuditFinding(.tombs, queue: queue, first, second)]
            } else if !walk.isStill {
                unjudged = ["ready:\(walk.list) of '\(queue)' changed while its tombstones were counted"]
            }
            met[walk.list] = walk.met
            stage = walk.list < 3 ? .ready(ReadyWalk(list: walk.list + 1)) : .records(cursor: "0")
        case .records:
            entries = try reply.integer(at: 2)
            findings = try reply.findings(at: 4)
            for (id, list, since) in try reply.waiting(at: 3) where !met[list].contains(id.hashValue) {
                suspects[id] = Suspect(list: list, since: since)
            }
            stage = .records(cursor: try reply.text(at: 1))
            if try reply.text(at: 1) == "0" {
                met = []
                stage = suspects.isEmpty ? .index(0, cursor: "0") : .again(ReadyWalk(list: 0, remembers: false))
            }
        case .again(var walk):
            let slice = try ReadySlice(reply)
            for id in slice.ids where suspects[id]?.list == walk.list { suspects[id] = nil }
            let isOver = walk.take(slice)
            let following: Stage = walk.list < 3 ? .again(ReadyWalk(list: walk.list + 1, remembers: false)) : confirming
            stage = isOver ? following : .again(walk)
        case .confirm(let ids):
            for (id, list, since) in try reply.waiting(at: 3) where suspects[id]?.since == since {
                guard isClockSure else {
                    unjudged = [
                        "the clock of Redis was set back: who is missing in the lists of '\(queue)' is not told"
                    ]
                    break
                }
                findings.append(
                    AuditFinding(.missing, queue: queue, job: JobID(unchecked: id), since, "ready:\(list)"))
            }
            let rest = Array(ids.dropFirst(Self.recordsPerCall))
            stage = rest.isEmpty ? .index(0, cursor: "0") : .confirm(rest)
        case .index(let index, _):
            entries = try reply.integer(at: 2)
            findings = try reply.findings(at: 3)
            let cursor = try reply.text(at: 1)
            let isOver = cursor == "0"
            let isLast = index + 1 == Self.indexes.count
            stage = isOver ? (isLast ? .done : .index(index + 1, cursor: "0")) : .index(index, cursor: cursor)
        case .done: break
        }
        checked += entries
        let new = findings.filter { told.insert($0).inserted }
        return AuditStep(
            findings: new, unjudged: unjudged, entries: entries, checked: checked, total: max(total, checked))
    }

    private var confirming: Stage {
        suspects.isEmpty ? .index(0, cursor: "0") : .confirm(suspects.keys.sorted())
    }
}
