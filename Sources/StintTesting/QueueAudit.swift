// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint
package import StintRedis

/// Checks invariant I1 and its kin on everything that a queue holds.
///
/// Every record is in exactly the index that its header names; every index entry has its record or is a counted
/// tombstone; unique keys belong to jobs that hold them; `big`, `errors`, `progress` and `cancelling` have what the
/// flags announce and nothing else.
///
/// `LiveAudit`, which `stint doctor` runs on a queue in use, checks the same and more by scripts. This one reads a
/// snapshot in Swift and shares no line with those, so that each can be tested by the other.
package struct QueueAudit {
    /// Everything that is wrong, one sentence each; empty if the queue is sound.
    package private(set) var problems: [String] = []

    private let snapshot: RedisSnapshot
    private let keys: QueueKeys
    private var records: [String: JobRecord] = [:]

    /// Audits a queue that stands still.
    package static func problems(
        of keys: QueueKeys, through transport: any RedisTransport
    ) async throws(RedisFailure) -> [String] {
        QueueAudit(keys, in: try await .take(from: transport)).problems
    }

    /// Audits a queue as a snapshot shows it.
    package init(_ keys: QueueKeys, in snapshot: RedisSnapshot) {
        self.snapshot = snapshot
        self.keys = keys
        for (id, bytes) in snapshot.hash(keys.jobs) {
            do {
                records[id] = try JobRecord(bytes)
            } catch {
                problems.append("\(id): \(error)")
            }
        }
        checkSets()
        checkReady()
        checkUnique()
        checkBig()
        checkFlag(.hasErrors, keys.errors, "errors")
        checkFlag(.hasProgress, keys.progress, "progress")
        checkFlag(.toBeCancelled, keys.cancelling, "cancelling")
        problems.sort()
    }

    private mutating func expect<Member: Hashable & Comparable>(
        _ found: Set<Member>, _ wanted: Set<Member>, _ index: String
    ) {
        for entry in found.subtracting(wanted) { problems.append("\(index) has \(entry), which no record announces") }
        for entry in wanted.subtracting(found) { problems.append("\(index) lacks \(entry)") }
    }

    private func ids(_ states: JobState...) -> Set<String> {
        Set(records.filter { states.contains($0.value.state) }.keys)
    }

    private mutating func checkSets() {
        let delayed = snapshot.scores(keys.delayed)
        expect(Set(delayed.keys), ids(.delayed), "delayed")
        for (id, due) in delayed {
            guard let record = records[id], record.state == .delayed, record.atMilliseconds != due else { continue }
            problems.append("\(id) is due at \(record.atMilliseconds) by its record and at \(due) by its index")
        }
        let leases = records.filter { $0.value.state == .running }
            .map { "\($0.key):\($0.value.fence):\($0.value.node)" }
        expect(Set(snapshot.scores(keys.leases).keys), Set(leases), "leases")
        expect(Set(snapshot.scores(keys.dead).keys), ids(.dead), "dead")
        expect(Set(snapshot.scores(keys.kept).keys), ids(.completed, .cancelled), "kept")
    }

    private mutating func checkReady() {
        let meta = snapshot.hash(keys.meta)
        for list in 0..<4 {
            let entries = snapshot.list(keys.ready(list))
            let live = Set(records.filter { $0.value.state == .ready && $0.value.list == list }.keys)
            for id in live.subtracting(entries) { problems.append("ready:\(list) lacks \(id)") }
            let counted = meta["tomb:\(list)"].map { String(decoding: $0, as: UTF8.self) } ?? "0"
            let tombstones = entries.count - live.intersection(entries).count
            if Int(counted) != tombstones {
                problems.append("ready:\(list) has \(tombstones) tombstones and meta counts \(counted)")
            }
        }
    }

    private mutating func checkUnique() {
        for (name, owner) in snapshot.hash(keys.unique) where name != "" {
            let id = String(decoding: owner, as: UTF8.self)
            guard let record = records[id] else {
                problems.append("the unique key \(name) belongs to \(id), which is gone")
                continue
            }
            let isLive = [.delayed, .ready, .running].contains(record.state)
            if record.uniqueKey != name || !(isLive || record.windowMilliseconds > 0) {
                problems.append("the unique key \(name) belongs to \(id), which does not hold it")
            }
        }
        for (id, record) in records where [.delayed, .ready, .running].contains(record.state) {
            guard let name = record.uniqueKey else { continue }
            if snapshot.hash(keys.unique)[name] != Array(id.utf8) {
                problems.append("\(id) does not hold its unique key \(name)")
            }
        }
    }

    private mutating func checkBig() {
        let big = snapshot.hash(keys.big)
        var wanted: Set<String> = []
        for (id, record) in records {
            if record.flags.contains(.bigPayload) {
                wanted.insert(id)
                if let bytes = big[id], bytes.count != record.bigPayloadLength {
                    let announced = record.bigPayloadLength
                    problems.append("\(id) has a payload of \(bytes.count) bytes and announces \(announced)")
                }
            }
            if record.flags.contains(.bigResult) { wanted.insert("\(id):r") }
        }
        expect(Set(big.keys), wanted, "big")
    }

    private mutating func checkFlag(_ flag: JobRecordFlags, _ key: String, _ name: String) {
        expect(Set(snapshot.hash(key).keys), Set(records.filter { $0.value.flags.contains(flag) }.keys), name)
    }
}
