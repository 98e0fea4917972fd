// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

/// Compares all that Redis holds of a queue with the rules of the data model and with the model.
enum FullCheck {
    static func problems(of name: String, on connection: BlockingConnection, model: ModelQueue) throws -> [String] {
        let keys = QueueKeys(namespace: "sim", queue: name)
        let snapshot = try snapshot(keys, connection)
        var problems = QueueAudit(keys, in: snapshot).problems
        func expect<Value: Equatable>(_ what: @autoclosure () -> String, _ wanted: Value, _ found: Value) {
            if wanted != found { problems.append("\(what()) must be \(wanted) and is \(found)") }
        }
        let records = snapshot.hash(keys.jobs).compactMapValues { try? JobRecord($0) }
        expect("the jobs", model.jobs.keys.sorted(), records.keys.sorted())
        for (id, job) in model.jobs.sorted(by: { $0.key < $1.key }) {
            guard let record = records[id] else { continue }
            if !Self.agree(job, record) { problems.append("\(id) must be \(job) and is \(record)") }
        }
        for list in 0..<4 { expect("ready:\(list)", model.ready[list], snapshot.list(keys.ready(list))) }
        let leases = model.jobs.values.filter { $0.state == .running }.map { ($0.member, $0.leaseExpiryMs) }
        expect("the leases", Dictionary(leases) { first, _ in first }, snapshot.scores(keys.leases))
        let kept = model.jobs.values.filter { $0.state == .completed || $0.state == .cancelled }
        expect(
            "the kept jobs", Dictionary(kept.map { ($0.id, $0.heldUntilMs) }) { first, _ in first },
            snapshot.scores(keys.kept))
        let meta = snapshot.hash(keys.meta).mapValues { String(decoding: $0, as: UTF8.self) }
        for counter in [
            "enqueued", "claimed", "completed", "failed", "retried", "died", "cancelled", "expired", "released",
            "revived", "purged", "crashed",
        ] {
            expect("the counter '\(counter)'", model.counters[counter] ?? 0, Int(meta[counter] ?? "0") ?? -1)
        }
        for (key, owner) in model.owners where snapshot.hash(keys.unique)[key] != Array(owner.utf8) {
            problems.append("the unique key '\(key)' must be held by \(owner)")
        }
        return problems
    }

    private static func agree(_ job: ModelJob, _ record: JobRecord) -> Bool {
        job.state == record.state && job.list == record.list && job.attempt == record.attempt
            && job.crashes == record.crashes && job.returns == record.returns && job.atMs == record.atMilliseconds
            && job.fence == record.fence && job.node == record.node && job.uniqueKey == record.uniqueKey
            && job.maxAttempts == record.maxAttempts && job.enqueuedMs == record.enqueuedMilliseconds
            && job.revivedMs == record.revivedMilliseconds
    }

    /// Reads what belongs to the queue in one go.
    private static func snapshot(_ keys: QueueKeys, _ connection: BlockingConnection) throws -> RedisSnapshot {
        let hashes = [keys.jobs, keys.unique, keys.big, keys.errors, keys.progress, keys.cancelling, keys.meta]
        let sets = [keys.delayed, keys.leases, keys.dead, keys.kept]
        var replies = try connection.ask(
            hashes.map { RedisCommand("HGETALL", $0) } + keys.ready.map { RedisCommand("LRANGE", $0, "0", "-1") }
                + sets.map { RedisCommand("ZRANGE", $0, "0", "-1", "WITHSCORES") })[...]
        var contents: [String: RedisSnapshot.Contents] = [:]
        func next() -> [RedisValue] { replies.popFirst()?.arrayValue ?? [] }
        for key in hashes {
            let flat = next()
            var fields: [String: [UInt8]] = [:]
            for at in stride(from: 0, to: flat.count - 1, by: 2) {
                fields[flat[at].string ?? ""] = flat[at + 1].bytesValue
            }
            contents[key] = .hash(fields)
        }
        for key in keys.ready { contents[key] = .list(next().map { $0.string ?? "" }) }
        for key in sets {
            let flat = next()
            var scores: [String: Double] = [:]
            for at in stride(from: 0, to: flat.count - 1, by: 2) {
                scores[flat[at].string ?? ""] = flat[at + 1].doubleValue
            }
            contents[key] = .sortedSet(scores)
        }
        return RedisSnapshot(keys: contents)
    }
}
