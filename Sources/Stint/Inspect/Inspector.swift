// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// Reads how queues, jobs and workers stand.
///
/// Changes nothing, and never reads more than a bounded part at a time.
public struct Inspector: Sendable {
    let client: StintClient

    var core: ClientCore { client.core }

    /// Returns all queues that were ever enqueued to or served, by name.
    ///
    /// - Parameter onDamage: Gets a queue that cannot be read because something else has written its keys; the others are
    ///   returned. Without it such a queue makes the call fail, with code `damaged`.
    public func queues(
        onDamage: ((_ queue: String, _ error: StintError) -> Void)? = nil
    ) async throws(StintError) -> [QueueStatus] {
        try await prepare()
        let names = try await core.queueNames()
        var statuses: [QueueStatus] = []
        // In slices, so that very many queues do not hold up everybody else's calls.
        for start in stride(from: 0, to: names.count, by: 50) {
            let slice = names[start..<min(start + 50, names.count)]
            let results = await withTaskGroup(of: (String, Result<QueueStatus, StintError>).self) { group in
                for name in slice { group.addTask { (name, await self.read(name)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (name, result) in results {
                do throws(StintError) {
                    statuses.append(try result.get())
                } catch {
                    guard let onDamage, error.code == .damaged else { throw error }
                    onDamage(name, error)
                }
            }
        }
        return statuses.sorted { $0.name < $1.name }
    }

    /// Returns how one queue stands; one that was never used is empty.
    public func queue(_ name: String) async throws(StintError) -> QueueStatus {
        try EnqueueValidation.check(queue: name)
        try await prepare(name)
        return try await read(name).get()
    }

    /// Returns the names of all queues that were ever enqueued to or served.
    public func queueNames() async throws(StintError) -> [String] {
        try await prepare()
        return try await core.queueNames()
    }

    /// Returns everything that is known about a job; `nil` if there is no such job, or it ended and was not kept.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - queue: Its queue; found from the id if left out.
    public func job(_ id: JobID, queue: String? = nil) async throws(StintError) -> JobDetails? {
        try await prepare()
        guard let queue = try await queueOrFind(queue, id) else { return nil }
        return try await core.details(of: id, queue: queue)
    }

    /// Returns lines of a job's log: those after a position, or the newest if none is given, oldest first.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - queue: Its queue; found from the id if left out, which works as long as the job's record is kept.
    ///   - position: The position of the last line that is known already.
    ///   - limit: The most lines to return, 1 to 1,000.
    public func log(
        of id: JobID, queue: String? = nil, after position: String? = nil, limit: Int = 100
    ) async throws(StintError) -> [JobLogLine] {
        try Self.check(limit: limit, upTo: 1_000)
        if let position, !Self.isPosition(position) {
            throw StintError(.invalidInput, "'\(position)' is no position in a log.")
        }
        try await prepare()
        guard let queue = try await queueOrFind(queue, id) else { return [] }
        return try await core.logLines(of: id, queue: queue, after: position, limit: limit)
    }

    /// Returns the worker processes that were heard of within a day, the latest first; at most 1,000.
    public func nodes() async throws(StintError) -> [NodeStatus] {
        try await prepare()
        return try await core.nodeStatuses()
    }

    /// Returns how many jobs were ever put into a queue: what ``queue(_:)`` says of it, for less.
    package func enqueuedTotal(_ queue: String) async throws(StintError) -> Int {
        try EnqueueValidation.check(queue: queue)
        try await prepare(queue)
        return try await core.enqueuedTotal(queue: queue)
    }

    /// Returns jobs that completed lately and were not kept, the latest first: a sample, not all of them.
    public func recent(queue: String, limit: Int = 100) async throws(StintError) -> [RecentEnd] {
        try EnqueueValidation.check(queue: queue)
        try Self.check(limit: limit, upTo: 1_000)
        try await prepare(queue)
        return try await core.recentEnds(queue: queue, limit: limit)
    }

    /// Makes sure that the server was checked and the user may look at the queue, or at the list of queues.
    func prepare(_ queue: String? = nil) async throws(StintError) {
        try await client.connect(limit: client.settings.enqueueTimeout)
        try await client.authorize([.dashboard], queues: queue.map { [$0] } ?? [])
    }

    static func check(limit: Int, upTo bound: Int) throws(StintError) {
        guard (1...bound).contains(limit) else {
            throw StintError(.invalidInput, "The limit must be between 1 and \(bound).")
        }
    }

    private func read(_ name: String) async -> Result<QueueStatus, StintError> {
        do {
            return .success(QueueStatus(name: name, counts: try await core.counts(queue: name)))
        } catch {
            return .failure(error)
        }
    }

    private func queueOrFind(_ queue: String?, _ id: JobID) async throws(StintError) -> String? {
        guard let queue else { return try await core.queue(holding: id) }
        try EnqueueValidation.check(queue: queue)
        return queue
    }

    private static func isPosition(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { UInt64($0) != nil }
    }
}

extension StintClient {
    /// Reads how queues, jobs and workers stand.
    public var inspector: Inspector { Inspector(client: self) }
}
