// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Every key of a Redis database with its type and contents, for exact comparison in tests.
///
/// It is not taken in one step: take it while nobody writes. It names every key, so it is for private servers only.
package struct RedisSnapshot: Sendable, Equatable {
    /// What one key holds.
    package enum Contents: Sendable, Hashable {
        case string([UInt8])
        case hash([String: [UInt8]])
        case list([String])
        case set(Set<String>)
        case sortedSet([String: Double])
        /// Entries as id and alternating fields and values, oldest first.
        case stream([[String]])
    }

    /// The contents by key.
    package var keys: [String: Contents]

    /// Makes a snapshot of what was read in another way.
    package init(keys: [String: Contents]) { self.keys = keys }

    /// Reads the whole database.
    package static func take(from transport: any RedisTransport) async throws(RedisFailure) -> RedisSnapshot {
        var keys: [String: Contents] = [:]
        for name in try await ask(transport, "KEYS", "*").texts {
            let type = try await ask(transport, "TYPE", name).string
            switch type {
            case "string": keys[name] = .string(try await ask(transport, "GET", name).bytesValue ?? [])
            case "list": keys[name] = .list(try await ask(transport, "LRANGE", name, "0", "-1").texts)
            case "set": keys[name] = .set(Set(try await ask(transport, "SMEMBERS", name).texts))
            case "hash":
                var fields: [String: [UInt8]] = [:]
                let flat = try await ask(transport, "HGETALL", name).arrayValue ?? []
                for at in stride(from: 0, to: flat.count - 1, by: 2) {
                    fields[flat[at].string ?? ""] = flat[at + 1].bytesValue
                }
                keys[name] = .hash(fields)
            case "zset":
                var scores: [String: Double] = [:]
                let flat = try await ask(transport, "ZRANGE", name, "0", "-1", "WITHSCORES").texts
                for at in stride(from: 0, to: flat.count - 1, by: 2) { scores[flat[at]] = Double(flat[at + 1]) }
                keys[name] = .sortedSet(scores)
            case "stream":
                let entries = try await ask(transport, "XRANGE", name, "-", "+").arrayValue ?? []
                keys[name] = .stream(
                    entries.map { entry in
                        let parts = entry.arrayValue ?? []
                        return [parts.first?.string ?? ""] + (parts.last?.texts ?? [])
                    })
            default: break  // gone meanwhile
            }
        }
        return RedisSnapshot(keys: keys)
    }

    private static func ask(
        _ transport: any RedisTransport, _ name: String, _ arguments: String...
    ) async throws(RedisFailure) -> RedisValue {
        try await transport.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }
}

extension RedisSnapshot {
    /// The fields of a hash; none if there is no such key.
    package func hash(_ key: String) -> [String: [UInt8]] {
        guard case .hash(let fields) = keys[key] else { return [:] }
        return fields
    }

    /// The entries of a list; none if there is no such key.
    package func list(_ key: String) -> [String] {
        guard case .list(let entries) = keys[key] else { return [] }
        return entries
    }

    /// The scores of a sorted set by member, as whole numbers; none if there is no such key.
    package func scores(_ key: String) -> [String: Int64] {
        guard case .sortedSet(let scores) = keys[key] else { return [:] }
        return scores.mapValues { Int64($0) }
    }

    /// The members of a set; none if there is no such key.
    package func members(_ key: String) -> Set<String> {
        guard case .set(let members) = keys[key] else { return [] }
        return members
    }
}

extension RedisValue {
    fileprivate var texts: [String] { (arrayValue ?? []).map { $0.string ?? "" } }
}
