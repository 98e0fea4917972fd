// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// What the `inspect` script says of a queue.
package struct QueueCounts: Sendable {
    /// A job that heads a ready list.
    package struct Head: Sendable {
        package let id: JobID
        package let record: JobRecord
    }

    /// Redis time.
    package let nowMilliseconds: Int64
    /// Entries of the four ready lists, tombstones included.
    package let readyEntries: [Int]
    package let delayed: Int
    package let running: Int
    package let kept: Int
    package let dead: Int
    package let cancelling: Int
    /// Counters and settings.
    package let meta: [String: String]
    /// The jobs at the heads of the ready lists, where these are live.
    package let heads: [Head]
    /// When the next delayed job is due.
    package let nextDueMilliseconds: Int64?

    /// Reads the script's reply.
    package init(_ reply: RedisValue) throws(StintError) {
        guard let values = reply.arrayValue, values.count == 10, let now = values[0].integerValue,
            let entries = values[1].arrayValue?.compactMap(\.integerValue), entries.count == 4,
            let flat = values[7].arrayValue?.map({ $0.string ?? "" }), let heads = values[8].arrayValue
        else { throw .unreadable("The reply of 'inspect'") }
        nowMilliseconds = now
        readyEntries = entries.map { Int($0) }
        delayed = Int(values[2].integerValue ?? 0)
        running = Int(values[3].integerValue ?? 0)
        kept = Int(values[4].integerValue ?? 0)
        dead = Int(values[5].integerValue ?? 0)
        cancelling = Int(values[6].integerValue ?? 0)
        var meta: [String: String] = [:]
        for index in stride(from: 0, to: flat.count - 1, by: 2) { meta[flat[index]] = flat[index + 1] }
        self.meta = meta
        var live: [Head] = []
        for index in stride(from: 0, to: heads.count - 1, by: 2) {
            guard let id = heads[index].string, let bytes = heads[index + 1].bytesValue,
                let record = try? JobRecord(bytes), record.state == .ready
            else { continue }
            live.append(Head(id: JobID(unchecked: id), record: record))
        }
        self.heads = live
        nextDueMilliseconds = values[9].arrayValue?.last?.doubleValue.map { Int64($0) }
    }

    /// Live jobs of each ready list.
    package var ready: [Int] {
        readyEntries.enumerated().map { list, entries in max(0, entries - integer("tomb:\(list)")) }
    }

    /// A number of `meta`, 0 where it is not there.
    package func integer(_ field: String) -> Int { meta[field].flatMap { Int($0) } ?? 0 }
}
