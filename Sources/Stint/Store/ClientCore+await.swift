// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension ClientCore {
    /// Flags a job as awaited and returns how it ended; nil if it has not.
    package func awaitEnd(of id: JobID, queue: String) async throws(StintError) -> JobResult? {
        let keys = keys(queue: queue)
        // The caller looks again every few seconds, so one look need not outlast an outage.
        let value = try await call(Scripts.await(keys, id: id.description), limit: commandTimeout)
        guard let reply = value.arrayValue, reply.count == 3 else { throw .unreadable("The reply of 'await'") }
        guard let bytes = reply[0].bytesValue else { throw .jobNotFound(id) }
        let record = opened(try JobRecord(reading: bytes), id: id, queue: queue)
        guard record.state.isFinal else { return nil }
        var result = reply[1].bytesValue ?? record.result
        if let stored = result { result = try opened(stored, .result, of: record, id: id, queue: queue) }
        return JobResult(
            id: id, queue: queue, state: record.state, bytes: result,
            reason: record.reason, attempts: record.attempt)
    }

    /// Returns the names of all queues that were ever enqueued to or served, sorted.
    package func queueNames() async throws(StintError) -> [String] {
        let value = try await send(RedisCommand("SMEMBERS", keys.queues))
        return (value.arrayValue ?? []).compactMap(\.string).sorted()
    }

    /// Finds the queue that holds a job: those whose mark the id bears first, then all others.
    package func queue(holding id: JobID) async throws(StintError) -> String? {
        let names = try await queueNames()
        let likely = names.filter { id.mayBelong(to: $0) }
        for queue in likely + names.filter({ !likely.contains($0) }) {
            let value = try await send(RedisCommand("HEXISTS", keys(queue: queue).jobs, id.description))
            if value.integerValue == 1 { return queue }
        }
        return nil
    }
}

extension JobRecord {
    /// Decodes a record, and says so for people where it is damaged.
    package init(reading bytes: [UInt8]) throws(StintError) {
        do {
            try self.init(bytes)
        } catch {
            throw StintError(.damaged, "The job's record in Redis is damaged: \(error).", underlying: error)
        }
    }
}
