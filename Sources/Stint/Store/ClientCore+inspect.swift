// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StintRedis

extension ClientCore {
    /// Reads everything that the queue holds about a job; nil if there is none.
    package func details(of id: JobID, queue: String) async throws(StintError) -> JobDetails? {
        let value = try await call(Scripts.show(keys(queue: queue), id: id.description))
        guard let reply = value.arrayValue, let now = reply.first?.integerValue, reply.count >= 2 else {
            throw .unreadable("The reply of 'show'")
        }
        guard let bytes = reply[1].bytesValue else { return nil }
        guard reply.count == 9 else { throw .unreadable("The reply of 'show'") }
        return JobDetails(
            id: id, queue: queue, record: try JobRecord(reading: bytes), nowMilliseconds: now,
            bigPayload: reply[2].bytesValue, bigResult: reply[3].bytesValue,
            failures: reply[4].bytesValue.map(JobNotes.failures) ?? [],
            progress: reply[5].bytesValue.flatMap { JobNotes.progress($0) },
            cancelRequest: reply[6].bytesValue.flatMap(JobNotes.cancelRequest),
            leaseExpiresAt: reply[7].doubleValue.map { .redis(Int64($0)) },
            droppedAt: reply[8].doubleValue.map { .redis(Int64($0)) })
    }

    /// Reads a part of an index with the records; a row without a record is of a job that has gone.
    package func page(
        queue: String, source: String, offset: Int, count: Int, newestFirst: Bool
    ) async throws(StintError) -> [(id: JobID, record: JobRecord?)] {
        let call = Scripts.page(
            keys(queue: queue), source: source, offset: offset, count: count, newestFirst: newestFirst ? 1 : 0)
        let value = try await self.call(call)
        guard let rows = value.arrayValue?.last?.arrayValue, rows.count % 3 == 0 else {
            throw .unreadable("The reply of 'page'")
        }
        return stride(from: 0, to: rows.count, by: 3).map { at in
            let entry = rows[at].string ?? ""
            let id = source == "leases" ? String(entry.prefix { $0 != ":" }) : entry
            return (JobID(unchecked: id), rows[at + 2].bytesValue.flatMap { try? JobRecord($0) })
        }
    }

    /// Reads lines of a job's log, oldest first.
    package func logLines(
        of id: JobID, queue: String, after position: String?, limit: Int
    ) async throws(StintError) -> [JobLogLine] {
        let key = keys(queue: queue).log(id.description)
        let value =
            if let position {
                try await send(RedisCommand("XRANGE", key, "(" + position, "+", "COUNT", String(limit)))
            } else {
                try await send(RedisCommand("XREVRANGE", key, "+", "-", "COUNT", String(limit)))
            }
        let lines = (value.arrayValue ?? []).compactMap(Self.logLine)
        return position == nil ? lines.reversed() : lines
    }

    private static func logLine(_ entry: RedisValue) -> JobLogLine? {
        // An entry's id is the fence and the line's number; its fields are the attempt and the text.
        guard let parts = entry.arrayValue, parts.count == 2, let position = parts[0].string,
            let fields = parts[1].arrayValue, fields.count == 4, let attempt = fields[1].integerValue,
            let text = fields[3].string, let number = position.split(separator: "-").last.flatMap({ Int($0) })
        else { return nil }
        return JobLogLine(position: position, attempt: Int(attempt), number: number, text: text)
    }

    /// Reads the registry of worker processes.
    package func nodeStatuses() async throws(StintError) -> [NodeStatus] {
        let time = try await send(RedisCommand("TIME")).arrayValue?.compactMap(\.integerValue) ?? []
        let now = time.count == 2 ? time[0] * 1000 + time[1] / 1000 : 0
        let value = try await send(RedisCommand("ZREVRANGE", keys.nodes, "0", "999", "WITHSCORES"))
        let flat = value.arrayValue ?? []
        let ids = stride(from: 0, to: flat.count - 1, by: 2).compactMap { flat[$0].string }
        guard !ids.isEmpty else { return [] }
        let details = try await send(RedisCommand("HMGET", [keys.nodeDetails] + ids)).arrayValue ?? []
        return ids.enumerated().map { index, id in
            let json = index < details.count ? details[index].bytesValue : nil
            let beat = Int64(flat[2 * index + 1].doubleValue ?? 0)
            return NodeBeat(json).status(id: id, beatMilliseconds: beat, nowMilliseconds: now)
        }
    }

    /// Reads the look back at jobs that completed and were not kept.
    package func recentEnds(queue: String, limit: Int) async throws(StintError) -> [RecentEnd] {
        let key = keys(queue: queue).recent
        let value = try await send(RedisCommand("ZREVRANGE", key, "0", String(limit - 1), "WITHSCORES"))
        let flat = value.arrayValue ?? []
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { at in
            guard let id = flat[at].string, let end = flat[at + 1].doubleValue else { return nil }
            return RecentEnd(id: JobID(unchecked: id), date: .redis(Int64(end)))
        }
    }
}
