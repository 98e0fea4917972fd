// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting

/// What Redis is to hold.
extension QueueModel {
    /// The contents of every key but `jobs`.
    func contents(_ keys: QueueKeys) -> [String: RedisSnapshot.Contents] {
        var view: [String: RedisSnapshot.Contents] = [:]
        func put(_ key: String, _ fields: [String: [UInt8]]) { if !fields.isEmpty { view[key] = .hash(fields) } }
        func put(_ key: String, _ scores: [String: Int64]) {
            if !scores.isEmpty { view[key] = .sortedSet(scores.mapValues(Double.init)) }
        }
        for (list, entries) in ready.enumerated() where !entries.isEmpty { view[keys.ready(list)] = .list(entries) }
        var big: [String: [UInt8]] = [:]
        for (id, job) in jobs {
            if job.content.payload.count > 512 { big[id] = job.content.payload }
            if job.result.count > 512 { big["\(id):r"] = job.result }
        }
        put(keys.big, big)
        put(keys.errors, jobs.compactMapValues { $0.errors.isEmpty ? nil : $0.errors.flatMap(\.bytes) })
        put(keys.progress, jobs.compactMapValues { $0.progress.map { Array($0.utf8) } })
        put(keys.cancelling, jobs.compactMapValues { $0.cancelRequest.map { Array($0.utf8) } })
        put(keys.delayed, jobs.filter { $0.value.state == .delayed }.mapValues(\.at))
        put(keys.dead, jobs.filter { $0.value.state == .dead }.mapValues(\.at))
        put(keys.kept, jobs.filter { [.completed, .cancelled].contains($0.value.state) }.mapValues(\.dropAt))
        put(keys.leases, .init(uniqueKeysWithValues: jobs(.running).map { ($0.lease, $0.leaseEnd) }))
        put(keys.recent, recent)
        var owners = unique.mapValues { Array($0.utf8) }
        if hasHadUniqueKeys { owners[""] = Array(repeating: UInt8(ascii: "-"), count: 65) }
        put(keys.unique, owners)
        put(keys.meta, meta.mapValues { Array($0.utf8) })
        if let wake { view[keys.wake] = .sortedSet(["w": Double(wake)]) }
        for (lane, kept) in lanes where now <= kept.expires {
            view[keys.lane(lane)] = .string(Array("\(kept.number):\(kept.note)".utf8))
        }
        for (id, log) in logs where now <= log.expires {
            view[keys.log(id)] = .stream(
                log.lines.map { ["\($0.fence)-\($0.number)", "a", $0.attempt, "l", $0.text] })
        }
        let registry = NamespaceKeys()
        put(registry.nodes, nodes.mapValues(\.at))
        put(registry.nodeDetails, nodes.mapValues { Array($0.details.utf8) })
        if !queues.isEmpty { view[registry.queues] = .set(queues) }
        return view
    }

    /// How a snapshot differs from what Redis is to hold, one sentence a key or job.
    func differences(_ keys: QueueKeys, _ snapshot: RedisSnapshot) -> [String] {
        let wanted = contents(keys)
        var problems: [String] = []
        for key in Set(wanted.keys).union(snapshot.keys.keys)
        where key != keys.jobs && wanted[key] != snapshot.keys[key] {
            let texts = [wanted[key], snapshot.keys[key]].map { $0.map(Self.text) ?? "nothing" }
            problems.append("\(key): the model has \(texts[0]), Redis has \(texts[1])")
        }
        let records = snapshot.hash(keys.jobs)
        for id in Set(jobs.keys).union(records.keys) {
            let record = records[id].flatMap { try? JobRecord($0) }
            if let record, record == jobs[id]?.record { continue }
            let wanted = jobs[id].map { "\($0.record)" } ?? "nothing"
            problems.append("job \(id): the model has \(wanted), Redis has \(record.map { "\($0)" } ?? "nothing")")
        }
        return problems.sorted()
    }

    private static func text(_ contents: RedisSnapshot.Contents) -> String {
        guard case .hash(let fields) = contents else { return "\(contents)" }
        return fields.sorted { $0.key < $1.key }.map {
            "\($0.key)=\(String(decoding: $0.value.prefix(80), as: UTF8.self))"
        }
        .joined(separator: " ")
    }
}
