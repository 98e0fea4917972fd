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
        let record = opened(try JobRecord(reading: bytes), id: id, queue: queue)
        let place = Sealer.Place(queue: queue, id: id, name: record.name)
        let carried = carried(
            record, payload: reply[2].bytesValue, result: reply[3].bytesValue, id: id, queue: queue)
        let failures = reply[4].bytesValue.map(JobNotes.failures) ?? []
        let progress = reply[5].bytesValue.flatMap { JobNotes.progress($0) }
        return JobDetails(
            id: id, queue: queue, record: record, nowMilliseconds: now, payload: carried.payload,
            result: carried.result, seal: carried.seal,
            failures: failures.map { failure in
                JobFailure(
                    date: failure.date, attempt: failure.attempt, kind: failure.kind,
                    text: opened(failure.text, .error, at: place))
            },
            progress: progress.map { progress in
                JobProgress(
                    fraction: progress.fraction, note: progress.note.map { opened($0, .progress, at: place) })
            },
            cancelRequest: reply[6].bytesValue.flatMap(JobNotes.cancelRequest),
            leaseExpiresAt: reply[7].doubleValue.map { .redis(Int64($0)) },
            droppedAt: reply[8].doubleValue.map { .redis(Int64($0)) })
    }

    /// Opens payload and result, as far as the keys go, and says how far they went.
    private func carried(
        _ record: JobRecord, payload: [UInt8]?, result: [UInt8]?, id: JobID, queue: String
    ) -> (payload: [UInt8], result: [UInt8]?, seal: JobSeal?) {
        let payload = record.payload ?? payload ?? []
        let result = result ?? record.result
        guard record.flags.contains(.sealed) else { return (payload, result, nil) }
        var problem: String?
        func opening(_ bytes: [UInt8]?, _ purpose: SealBinding.Purpose) -> [UInt8]? {
            guard let bytes else { return nil }
            do throws(StintError) {
                return try opened(bytes, purpose, of: record, id: id, queue: queue)
            } catch {
                problem = problem ?? error.message
                return nil
            }
        }
        let shown = (payload: opening(payload, .payload) ?? [], result: opening(result, .result))
        return (shown.payload, shown.result, JobSeal(keyID: SealedEnvelope(payload)?.keyID, problem: problem))
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
            let job = JobID(unchecked: id)
            let record = rows[at + 2].bytesValue.flatMap { try? JobRecord($0) }
            return (job, record.map { opened($0, id: job, queue: queue) })
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
        let place = Sealer.Place(queue: queue, id: id, name: "")
        let lines = (value.arrayValue ?? []).compactMap { logLine($0, at: place) }
        return position == nil ? lines.reversed() : lines
    }

    private func logLine(_ entry: RedisValue, at place: Sealer.Place) -> JobLogLine? {
        // An entry's id is the fence and the line's number; its fields are the attempt and the text.
        guard let parts = entry.arrayValue, parts.count == 2, let position = parts[0].string,
            let fields = parts[1].arrayValue, fields.count == 4, let attempt = fields[1].integerValue,
            let text = fields[3].string, let number = position.split(separator: "-").last.flatMap({ Int($0) })
        else { return nil }
        return JobLogLine(
            position: position, attempt: Int(attempt), number: number, text: opened(text, .log, at: place))
    }

    /// Reads the registry of worker processes.
    package func nodeStatuses() async throws(StintError) -> [NodeStatus] {
        let replies = await sendTogether([
            RedisCommand("TIME"), RedisCommand("ZREVRANGE", keys.nodes, "0", "999", "WITHSCORES"),
        ])
        let time = try replies[0].get().arrayValue?.compactMap(\.integerValue) ?? []
        let now = time.count == 2 ? time[0] * 1000 + time[1] / 1000 : 0
        let flat = try replies[1].get().arrayValue ?? []
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
