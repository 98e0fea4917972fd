// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Inspector {
    /// Returns a part of a queue's jobs in one state, by rank.
    ///
    /// Ready jobs come in the order in which they will be claimed, delayed ones by due time, running ones by the end of
    /// their lease, dead ones by time of death, completed and cancelled ones by when they are dropped.
    ///
    /// - Parameters:
    ///   - queue: The queue.
    ///   - state: The state.
    ///   - offset: How many entries to skip; ``JobPage/nextOffset`` of the page before.
    ///   - limit: The most jobs to return, 1 to 500.
    ///   - newestFirst: Whether to turn the order round.
    public func jobs(
        queue: String, state: JobState, offset: Int = 0, limit: Int = 50, newestFirst: Bool = false
    ) async throws(StintError) -> JobPage {
        try EnqueueValidation.check(queue: queue)
        try Self.check(limit: limit, upTo: 500)
        guard offset >= 0 else { throw StintError(.invalidInput, "The offset must not be negative.") }
        try await prepare(queue)
        let counts = try await core.counts(queue: queue)
        var sources: [(name: String, entries: Int)]
        let total: Int
        switch state {
        case .ready:
            sources = counts.readyEntries.enumerated().map { ("ready:\($0)", $1) }
            if newestFirst { sources.reverse() }
            total = counts.ready.reduce(0, +)
        case .delayed: (sources, total) = ([("delayed", counts.delayed)], counts.delayed)
        case .running: (sources, total) = ([("leases", counts.running)], counts.running)
        case .dead: (sources, total) = ([("dead", counts.dead)], counts.dead)
        case .completed, .cancelled: (sources, total) = ([("kept", counts.kept)], counts.kept)
        }
        return try await page(
            queue, state, sources, total, offset: offset, limit: limit, newestFirst: newestFirst,
            date: .redis(counts.nowMilliseconds))
    }

    /// Walks over the indexes one behind the other, at most 100 entries a call and 20 calls a page.
    private func page(
        _ queue: String, _ state: JobState, _ sources: [(name: String, entries: Int)], _ total: Int, offset: Int,
        limit: Int, newestFirst: Bool, date: Date
    ) async throws(StintError) -> JobPage {
        var jobs: [JobSummary] = []
        var skip = offset
        var consumed = offset
        var calls = 0
        let entries = sources.reduce(0) { $0 + $1.entries }
        for source in sources {
            if skip >= source.entries {
                skip -= source.entries
                continue
            }
            while skip < source.entries, jobs.count < limit, calls < 20 {
                let count = min(100, limit - jobs.count)
                let rows = try await core.page(
                    queue: queue, source: source.name, offset: skip, count: count, newestFirst: newestFirst)
                calls += 1
                if rows.isEmpty {
                    consumed += source.entries - skip
                    skip = source.entries
                    break
                }
                skip += rows.count
                consumed += rows.count
                for case let (id, record?) in rows where record.state == state {
                    jobs.append(JobSummary(id: id, queue: queue, record: record))
                }
            }
            if jobs.count >= limit || calls >= 20 { break }
            skip = 0
        }
        return JobPage(jobs: jobs, total: total, nextOffset: consumed < entries ? consumed : nil, date: date)
    }
}
