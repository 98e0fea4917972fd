// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a run came to.
public struct SimulationResult: Sendable {
    /// The seed that everything followed from.
    public let seed: UInt64
    /// How many steps it took before it came to rest.
    public let steps: Int
    /// The first thing that must not be; nil if all was well.
    public let finding: String?
    /// A checksum of the history, the same for every run of a seed.
    public let checksum: UInt64
    /// The history, where it was to be recorded.
    public let history: [String]
    /// What happened, by number.
    public let tally: SimulationTally
}

/// What happened in a run or in several, by number.
public struct SimulationTally: Sendable {
    /// Calls, starts, ends, faults: all that a history has a line for.
    public private(set) var events = 0
    /// How often each operation was done, and what the counters of the queues say.
    public private(set) var counts: [String: Int] = [:]

    mutating func count(_ what: String, _ by: Int = 1) { counts[what, default: 0] += by }

    mutating func add(events: Int, _ counters: [[String: Int]]) {
        self.events += events
        for counts in counters {
            for (what, number) in counts { count(what, number) }
        }
    }
}

/// What became of several seeds.
public struct SimulationSummary: Sendable {
    /// How many seeds were run.
    public private(set) var seeds = 0
    /// What happened in all of them.
    public private(set) var tally = SimulationTally()
    /// The seed that found something; of two at about the same time the lower one.
    public private(set) var found: SimulationResult?

    mutating func add(_ result: SimulationResult) {
        seeds += 1
        tally.add(events: result.tally.events, [result.tally.counts])
        if result.finding != nil, found.map({ result.seed < $0.seed }) ?? true { found = result }
    }
}
