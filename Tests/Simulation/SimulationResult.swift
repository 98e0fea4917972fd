// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a run came to.
public struct SimulationResult: Sendable {
    public let seed: UInt64
    public let steps: Int
    /// The first thing that must not be; nil if all was well.
    public let finding: String?
    /// A checksum of the history, the same for every run of a seed.
    public let checksum: UInt64
    /// The history, where it was to be recorded.
    public let history: [String]
    public let tally: SimulationTally
}

/// What happened in a run or in several, by number.
public struct SimulationTally: Sendable {
    public var events = 0
    public var counts: [String: Int] = [:]

    mutating func count(_ what: String, _ by: Int = 1) { counts[what, default: 0] += by }

    mutating func add(_ other: [String: Int]) {
        for (what, number) in other { count(what, number) }
    }

    mutating func add(_ other: SimulationTally) {
        events += other.events
        add(other.counts)
    }
}

/// What became of several seeds.
public struct SimulationSummary: Sendable {
    public private(set) var seeds = 0
    public private(set) var tally = SimulationTally()
    /// The seed that found something; of two at about the same time the lower one.
    public private(set) var found: SimulationResult?

    mutating func add(_ result: SimulationResult) {
        seeds += 1
        tally.add(result.tally)
        if result.finding != nil, found.map({ result.seed < $0.seed }) ?? true { found = result }
    }
}
