// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Knows since when each loop of a worker owes its next turn.
///
/// Holds no clock. A turn is a round that was answered, not one that was tried: a loop whose calls all fail does not
/// turn. A loop that has nothing to do rests and owes nothing.
struct LoopWatch {
    /// A loop of a worker.
    enum Loop: Hashable {
        /// The wait for jobs while there are free slots.
        case wakeUp
        /// Calls that claim and finish jobs of a queue.
        case claim(Int)
        /// The look at a queue.
        case sweep(Int)
        /// The renewal of all leases.
        case renewal
        /// What the registry is told.
        case heartbeat
    }

    /// A loop that has not turned within three times its bound.
    struct Stuck: Equatable {
        let loop: Loop
        let time: Duration
        let reason: String?
    }

    private struct Entry {
        var bound: Duration
        /// Nil while it rests.
        var owesSince: Duration?
        var reason: String?
    }

    private var entries: [Loop: Entry] = [:]

    /// Watches a loop that turns at least once in `bound` while it has something to do; it rests at first.
    mutating func add(_ loop: Loop, bound: Duration) {
        entries[loop] = Entry(bound: bound)
    }

    /// The loop has something to do, as of now or already.
    mutating func expect(_ loop: Loop, now: Duration) {
        if entries[loop]?.owesSince == nil { entries[loop]?.owesSince = now }
    }

    /// A round was answered; the next one is owed.
    mutating func turned(_ loop: Loop, now: Duration) {
        entries[loop]?.owesSince = now
        entries[loop]?.reason = nil
    }

    /// A round failed.
    mutating func failed(_ loop: Loop, _ reason: String) {
        entries[loop]?.reason = reason
    }

    /// The loop has nothing to do.
    mutating func rest(_ loop: Loop) {
        entries[loop]?.owesSince = nil
        entries[loop]?.reason = nil
    }

    /// All loops have ended in good order.
    mutating func stop() {
        entries = [:]
    }

    /// The loops that do not turn, those that stand longest first.
    func stuck(now: Duration) -> [Stuck] {
        let stuck = entries.compactMap { loop, entry -> Stuck? in
            guard let since = entry.owesSince, now - since > entry.bound * 3 else { return nil }
            return Stuck(loop: loop, time: now - since, reason: entry.reason)
        }
        return stuck.sorted { ($1.time, $0.loop.rank) < ($0.time, $1.loop.rank) }
    }
}

extension LoopWatch.Loop {
    /// The name for people.
    var name: String {
        switch self {
        case .wakeUp: "wake-up"
        case .claim: "claim"
        case .sweep: "sweep"
        case .renewal: "renewal"
        case .heartbeat: "heartbeat"
        }
    }

    /// The place of the queue that it serves, where it serves one.
    var queue: Int? {
        switch self {
        case .claim(let queue), .sweep(let queue): queue
        case .wakeUp, .renewal, .heartbeat: nil
        }
    }

    /// Makes the order of equals the same each time.
    fileprivate var rank: String { "\(name) \(queue ?? -1)" }
}
