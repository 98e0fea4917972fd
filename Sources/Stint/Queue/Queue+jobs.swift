// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

extension Queue {
    /// Cancels jobs: waiting ones end at once, running ones are told to stop.
    ///
    /// - Parameters:
    ///   - ids: The jobs.
    ///   - who: Who does it, for the job's record; at most 128 bytes.
    ///   - states: Only jobs that are in one of these states by then; any if left out.
    ///   - date: Only jobs that were enqueued by this Redis time: a later one is another job under the same id.
    /// - Returns: What became of each, in order.
    @discardableResult
    public func cancel(
        _ ids: [JobID], by who: String = "client", ifIn states: Set<JobState>? = nil, enqueuedBy date: Date? = nil
    ) async throws(StintError) -> [CancelOutcome] {
        try Self.check(text: who, limit: 128, "name of who does it")
        return try await change(ids, .cancel(by: who, JobsMeant(states: states, enqueuedBy: date))) {
            switch $0 {
            case UInt8(ascii: "k"): .cancelled
            case UInt8(ascii: "f"): .requested
            case UInt8(ascii: "e"): .ended
            case UInt8(ascii: "s"): .changed
            case UInt8(ascii: "b"): .damaged
            case UInt8(ascii: "m"): .notFound
            default: nil
            }
        }
    }

    /// Puts dead jobs back, with all their attempts before them.
    ///
    /// Returns what became of each, in order.
    @discardableResult
    public func retryDead(_ ids: [JobID]) async throws(StintError) -> [RetryOutcome] {
        try await change(ids, .retryDead) {
            switch $0 {
            case UInt8(ascii: "o"): .ready
            case UInt8(ascii: "u"): .keyTaken
            case UInt8(ascii: "s"): .notDead
            case UInt8(ascii: "p"): .payloadGone
            case UInt8(ascii: "b"): .damaged
            case UInt8(ascii: "m"): .notFound
            default: nil
            }
        }
    }

    /// Deletes jobs that are not running, with all that the queue holds about them.
    ///
    /// - Parameters:
    ///   - ids: The jobs.
    ///   - states: Only jobs that are in one of these states by then; any but running if left out.
    ///   - date: Only jobs that were enqueued by this Redis time: a later one is another job under the same id.
    /// - Returns: What became of each, in order.
    @discardableResult
    public func remove(
        _ ids: [JobID], ifIn states: Set<JobState>? = nil, enqueuedBy date: Date? = nil
    ) async throws(StintError) -> [RemoveOutcome] {
        try await change(ids, .remove(JobsMeant(states: states, enqueuedBy: date))) {
            switch $0 {
            case UInt8(ascii: "o"): .removed
            case UInt8(ascii: "n"): .running
            case UInt8(ascii: "s"): .changed
            case UInt8(ascii: "m"): .notFound
            default: nil
            }
        }
    }

    /// Makes delayed jobs ready now.
    ///
    /// Returns what became of each, in order.
    @discardableResult
    public func promote(_ ids: [JobID]) async throws(StintError) -> [PromoteOutcome] {
        try await change(ids, .promote) {
            switch $0 {
            case UInt8(ascii: "o"): .ready
            case UInt8(ascii: "s"): .notDelayed
            case UInt8(ascii: "b"): .damaged
            case UInt8(ascii: "m"): .notFound
            default: nil
            }
        }
    }

    private func change<Outcome>(
        _ ids: [JobID], _ change: Lane.Change, reading: (UInt8) -> Outcome?
    ) async throws(StintError) -> [Outcome] {
        let lane = try client.adminLane(name)
        try await client.connect(limit: client.settings.enqueueTimeout)
        try await client.authorize(change.roles, queues: [name])
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(ids.count)
        for start in stride(from: 0, to: ids.count, by: Self.sliceLength) {
            try Self.checkCancellation()
            let slice = ids[start..<min(start + Self.sliceLength, ids.count)].map { Array($0.description.utf8) }
            let codes = try await lane.change(change, slice).compactMap(reading)
            guard codes.count == slice.count else { throw .unreadable("A reply of Redis") }
            outcomes += codes
        }
        return outcomes
    }
}
