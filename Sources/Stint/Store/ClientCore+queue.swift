// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// What is done to a queue as a whole.
extension ClientCore {
    /// Notes a queue's name, so that it is listed; refused when Redis is full.
    func list(queue: String, limit: Duration) async throws(StintError) {
        _ = try await send(RedisCommand("SADD", keys.queues, queue), limit: limit)
    }

    /// Notes a queue's name, also when Redis is full.
    func register(queue: String, limit: Duration) async throws(StintError) {
        _ = try await call(Scripts.register(queues: keys.queues, name: queue), limit: limit)
    }

    /// Stops claims, until resumed or for a time.
    func pause(queue: String, for time: Duration?, reason: String, by who: String) async throws(StintError) {
        let milliseconds = Int(time?.milliseconds ?? 0)
        _ = try await call(Scripts.pause(keys(queue: queue), forMs: milliseconds, who: who, reason: reason))
    }

    /// Lets claims go on; returns whether they were stopped.
    func resume(queue: String) async throws(StintError) -> Bool {
        try await call(Scripts.resume(keys(queue: queue))).arrayValue?.last?.integerValue == 1
    }

    /// Writes a setting, or removes it where the value is empty.
    func configure(queue: String, field: String, value: String) async throws(StintError) {
        _ = try await call(Scripts.configure(keys(queue: queue), field: field, value: value))
    }

    /// Reads how long a queue's leases are; `nil` before its first claim.
    func lease(queue: String) async throws(StintError) -> Duration? {
        let value = try await send(RedisCommand("HGET", keys(queue: queue).meta, "lease"))
        return value.string.flatMap { Int64($0) }.map { .milliseconds($0) }
    }

    /// Reads how many jobs a queue was ever given.
    func enqueuedTotal(queue: String) async throws(StintError) -> Int {
        let value = try await send(RedisCommand("HGET", keys(queue: queue).meta, "enqueued"))
        return value.string.flatMap { Int($0) } ?? 0
    }

    /// Reads a queue's counts and settings.
    func counts(queue: String) async throws(StintError) -> QueueCounts {
        try QueueCounts(try await call(Scripts.inspect(keys(queue: queue))))
    }

    /// Reads sections of what a server says of itself.
    func serverFields(
        _ sections: [String], of server: (any RedisTransport)? = nil, limit: Duration = .seconds(15)
    ) async throws(StintError) -> [String: String] {
        var fields: [String: String] = [:]
        for info in await sendTogether(sections.map { RedisCommand("INFO", $0) }, to: server, limit: limit) {
            fields.merge(ServerCheck.fields(try info.get().string ?? "")) { $1 }
        }
        return fields
    }

    /// Reads sections of what the server says of itself; of a cluster, what one of its primaries says.
    package func information(_ sections: [String]) async throws(StintError) -> [String: String] {
        try await serverFields(sections)
    }
}
