// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One queue, to be looked after: paused, purged, its jobs cancelled or retried.
///
/// A value that names the queue; it may be made for a queue that holds nothing yet. Every method works in calls that
/// Redis answers within about a millisecond; long lists of ids are cut into several. A task that is cancelled stops
/// between two of them.
public struct Queue: Sendable {
    /// The queue's name.
    public let name: String
    let client: StintClient

    /// Ids a call: with several look-ups and writes each, 200 stay below a millisecond or so.
    static let sliceLength = 200

    /// The most entries of a ready list that a purge passes over.
    private static let longestSkip = 500

    var core: ClientCore { client.core }

    init(name: String, client: StintClient) {
        self.name = name
        self.client = client
    }

    /// Stops claims from the queue; running jobs go on, and jobs may be enqueued.
    ///
    /// - Parameters:
    ///   - time: After which claims go on by themselves; until ``resume()`` if left out.
    ///   - reason: Why, for people; at most 256 bytes.
    ///   - who: Who does it; at most 128 bytes.
    public func pause(
        for time: Duration? = nil, reason: String = "", by who: String = "client"
    ) async throws(StintError) {
        if let time, time <= .zero || time > EnqueueValidation.longestTime {
            throw StintError(.invalidInput, "A pause must be longer than zero and at most 30 years.")
        }
        try Self.check(text: reason, limit: 256, "reason")
        try Self.check(text: who, limit: 128, "name of who does it")
        try await prepare()
        try await core.pause(queue: name, for: time, reason: reason, by: who)
    }

    /// Lets claims go on.
    ///
    /// Returns whether the call found the queue paused. After a lost reply it is repeated, and then finds it resumed.
    @discardableResult
    public func resume() async throws(StintError) -> Bool {
        try await prepare()
        return try await core.resume(queue: name)
    }

    /// Sets how many jobs may wait (ready and delayed) before enqueues are refused; `nil` for no bound.
    public func setDepthLimit(_ limit: Int?) async throws(StintError) {
        guard limit.map({ (0...1_000_000_000).contains($0) }) ?? true else {
            throw StintError(.invalidInput, "A depth limit is between 0 and 1,000,000,000.")
        }
        try await configure("depth_limit", limit.map(String.init) ?? "")
    }

    /// Lowers the length of the queue's leases.
    ///
    /// A queue's lease is the longest that any of its workers asked for; nothing but this lowers it again. Workers that
    /// ask for longer ones raise it at their next call.
    public func lowerLease(to time: Duration) async throws(StintError) {
        guard time >= .seconds(1), time <= .seconds(86_400) else {
            throw StintError(.invalidInput, "A lease lasts between 1 s and 24 h.")
        }
        try await configure("lease", String(time.milliseconds))
    }

    /// Deletes jobs in bounded slices, oldest first, until those are gone that were there at the beginning.
    ///
    /// By Redis time: a job that was enqueued, retried or (of those that ended) ended later stays, and so does its place.
    ///
    /// - Parameters:
    ///   - targets: What to delete.
    ///   - onProgress: Called after each slice with the number of jobs deleted so far.
    /// - Returns: How many jobs were deleted.
    @discardableResult
    public func purge(
        _ targets: Set<PurgeTarget>, onProgress: (Int) async -> Void = { _ in }
    ) async throws(StintError) -> Int {
        try await prepare()
        let lane = try client.adminLane(name)
        let counts = try await core.counts(queue: name)
        var deleted = 0
        for source in Self.purgeSources where targets.contains(source.target) {
            var skip = 0
            var deletedInPass = 0
            while true {
                try Self.checkCancellation()
                let slice = try await lane.purge(
                    source: source.name, limit: Self.sliceLength, untilMilliseconds: counts.nowMilliseconds, skip: skip)
                skip += slice.passed
                deletedInPass += slice.deleted
                deleted += slice.deleted
                if slice.deleted > 0 { await onProgress(deleted) }
                // Further back in a ready list there are only newer jobs.
                if slice.hasMore, source.target != .ready || skip <= Self.longestSkip { continue }
                // Where newer jobs were passed over, some may have been claimed meanwhile and others have moved up.
                if skip == 0 || deletedInPass == 0 { break }
                (skip, deletedInPass) = (0, 0)
            }
        }
        return deleted
    }

    /// What `purge` is called with and what of the queue that is: delayed before ready, so that none slips from one to the
    /// other.
    private static let purgeSources: [(name: String, target: PurgeTarget)] =
        [("delayed", .delayed)] + (0..<4).map { ("ready:\($0)", .ready) } + [("dead", .dead), ("kept", .kept)]

    func prepare() async throws(StintError) { try await client.prepare(queue: name, as: .operator) }

    private func configure(_ field: String, _ value: String) async throws(StintError) {
        try await prepare()
        try await core.configure(queue: name, field: field, value: value)
    }

    static func check(text: String, limit: Int, _ what: String) throws(StintError) {
        guard text.utf8.count <= limit, !EnqueueValidation.hasControlCharacters(text) else {
            throw StintError(.invalidInput, "The \(what) has at most \(limit) bytes and no control characters.")
        }
    }

    static func checkCancellation() throws(StintError) {
        if Task.isCancelled { throw StintError(.closed, "The task was cancelled; what was done so far stands.") }
    }
}

extension StintClient {
    /// Names a queue to look after it.
    ///
    /// - Throws: ``StintError`` with code `invalidInput` if no queue can have that name.
    public func queue(_ name: String) throws(StintError) -> Queue {
        try EnqueueValidation.check(queue: name)
        return Queue(name: name, client: self)
    }
}
