// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Every key of a Redis database with its type and contents, for exact comparison in tests.
///
/// It is taken in one step, by a script that names every key, so it is for private servers only.
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
        let command = RedisCommand("EVAL", script, "0")
        let reply = try await transport.send(command, timeout: .seconds(60)).arrayValue ?? []
        var keys: [String: Contents] = [:]
        for at in stride(from: 0, to: reply.count - 2, by: 3) {
            keys[reply[at].string ?? ""] = Contents(type: reply[at + 1].string ?? "", reply[at + 2])
        }
        return RedisSnapshot(keys: keys)
    }

    /// Answers name, type and contents of each key in one list.
    private static let script = """
        local reply = {}
        local reads = {
          string = function(key) return redis.call('GET', key) end,
          list = function(key) return redis.call('LRANGE', key, 0, -1) end,
          set = function(key) return redis.call('SMEMBERS', key) end,
          hash = function(key) return redis.call('HGETALL', key) end,
          zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
          stream = function(key) return redis.call('XRANGE', key, '-', '+') end,
        }
        for _, key in ipairs(redis.call('KEYS', '*')) do
          local type = redis.call('TYPE', key).ok
          if reads[type] then
            reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = key, type, reads[type](key)
          end
        end
        return reply
        """
}

extension RedisSnapshot.Contents {
    /// Reads what the script answers of one key.
    fileprivate init?(type: String, _ value: RedisValue) {
        let elements = value.arrayValue ?? []
        let pairs = stride(from: 0, to: elements.count - 1, by: 2).lazy.map { (elements[$0], elements[$0 + 1]) }
        switch type {
        case "string": self = .string(value.bytesValue ?? [])
        case "list": self = .list(value.texts)
        case "set": self = .set(Set(value.texts))
        case "hash":
            self = .hash(pairs.reduce(into: [:]) { $0[$1.0.string ?? ""] = $1.1.bytesValue })
        case "zset":
            self = .sortedSet(pairs.reduce(into: [:]) { $0[$1.0.string ?? ""] = $1.1.doubleValue })
        case "stream":
            self = .stream(
                elements.map { entry in
                    let parts = entry.arrayValue ?? []
                    return [parts.first?.string ?? ""] + (parts.last?.texts ?? [])
                })
        default: return nil
        }
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
