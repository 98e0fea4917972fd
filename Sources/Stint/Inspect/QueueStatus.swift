// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// How one queue stands.
public struct QueueStatus: Sendable, Hashable, Codable {
    /// Why and since when nothing is claimed.
    public struct Pause: Sendable, Hashable, Codable {
        /// Since when, by Redis time.
        public let since: Date?
        /// When claims go on by themselves; `nil` for not before somebody resumes the queue.
        public let until: Date?
        /// Who paused it.
        public let by: String
        /// Why.
        public let reason: String
    }

    /// Sums over the queue's life.
    public struct Totals: Sendable, Hashable, Codable {
        /// Jobs that were accepted.
        public let enqueued: Int
        /// Claims, one for each attempt.
        public let claimed: Int
        /// Jobs that completed.
        public let completed: Int
        /// Attempts that failed, timeouts included.
        public let failed: Int
        /// Failed attempts that were followed by another.
        public let retried: Int
        /// Jobs that became dead.
        public let died: Int
        /// Jobs that were cancelled by somebody.
        public let cancelled: Int
        /// Jobs that were cancelled because they were not started in time.
        public let expired: Int
        /// Attempts that ended because their worker died or lost its lease.
        public let crashed: Int
        /// Jobs that were handed back with their attempt unused.
        public let released: Int
        /// Dead jobs that were retried.
        public let revived: Int
        /// Jobs that were purged.
        public let purged: Int
    }

    /// The queue's name.
    public let name: String
    /// Redis time of the reading.
    public let date: Date
    /// Jobs that wait for a worker.
    public let ready: Int
    /// The same by priority, the most urgent first.
    public let readyByPriority: [Int]
    /// Jobs that wait for their time.
    public let delayed: Int
    /// Jobs that a worker holds.
    public let running: Int
    /// Jobs that gave up.
    public let dead: Int
    /// Completed and cancelled jobs that are kept.
    public let kept: Int
    /// Running jobs that were told to stop.
    public let cancelling: Int
    /// How long the job has waited that has waited longest at the head of a ready list.
    public let oldestReadyAge: TimeInterval?
    /// When the next delayed job is due; in the past if nobody looks after the queue.
    public let nextDue: Date?
    /// Why and since when nothing is claimed; `nil` if it is not paused.
    public let pause: Pause?
    /// Sums over the queue's life.
    public let totals: Totals
    /// How many jobs may wait before enqueues are refused.
    public let depthLimit: Int?
    /// How long a lease lasts, in milliseconds; `nil` before the first worker.
    public let leaseMilliseconds: Int?
    /// When a worker last looked after the queue.
    public let lastLook: Date?
    /// Until when no lease is judged expired, after an outage or a step of the clock.
    public let holdUntil: Date?
    /// The layout's version.
    public let schema: Int?

    /// The newest layout that this release knows: the number in lua/include/queue.lua.
    package static let knownSchema = 1

    /// Whether a newer release wrote the queue, so that this one neither enqueues nor runs its jobs.
    package var isTooNew: Bool { schema.map { $0 > Self.knownSchema } ?? false }

    package init(name: String, counts: QueueCounts) {
        self.name = name
        let now = counts.nowMilliseconds
        date = .redis(now)
        readyByPriority = counts.ready
        ready = readyByPriority.reduce(0, +)
        delayed = counts.delayed
        running = counts.running
        dead = counts.dead
        kept = counts.kept
        cancelling = counts.cancelling
        oldestReadyAge = counts.heads.map(\.record.atMilliseconds).min().map { Double(max(0, now - $0)) / 1000 }
        nextDue = counts.nextDueMilliseconds.map(Date.redis)
        pause = Self.pause(counts)
        totals = Totals(
            enqueued: counts.integer("enqueued"), claimed: counts.integer("claimed"),
            completed: counts.integer("completed"), failed: counts.integer("failed"),
            retried: counts.integer("retried"), died: counts.integer("died"), cancelled: counts.integer("cancelled"),
            expired: counts.integer("expired"), crashed: counts.integer("crashed"),
            released: counts.integer("released"), revived: counts.integer("revived"), purged: counts.integer("purged"))
        depthLimit = counts.meta["depth_limit"].flatMap { Int($0) }
        leaseMilliseconds = counts.meta["lease"].flatMap { Int($0) }
        lastLook = counts.meta["look"].flatMap { Int64($0) }.map(Date.redis)
        holdUntil = counts.meta["hold"].flatMap { Int64($0) }.flatMap { $0 > now ? .redis($0) : nil }
        schema = counts.meta["schema"].flatMap { Int($0) }
    }

    private static func pause(_ counts: QueueCounts) -> Pause? {
        guard let until = counts.meta["paused_until"].flatMap({ Int64($0) }),
            until == 0 || until > counts.nowMilliseconds
        else { return nil }
        return Pause(
            since: counts.meta["paused_at"].flatMap { Int64($0) }.map(Date.redis), until: .redisOrNil(until),
            by: counts.meta["paused_by"] ?? "", reason: counts.meta["paused_reason"] ?? "")
    }
}
