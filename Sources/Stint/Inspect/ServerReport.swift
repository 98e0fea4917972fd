// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// What a Redis server says of itself, and what it was seen to do.
public struct ServerReport: Sendable, Hashable {
    /// A script of Stint in the server's slow log.
    public struct SlowScript: Sendable, Hashable {
        /// The script's name.
        public let name: String
        /// How long it ran, in microseconds.
        public let microseconds: Int
        /// When, by Redis time.
        public let date: Date
    }

    /// The fields of `INFO` (and, of a node of a cluster, of `CLUSTER INFO`).
    public internal(set) var fields: [String: String] = [:]
    /// Settings that `INFO` does not tell.
    public internal(set) var settings: [String: String] = [:]
    /// How far the server's clock is ahead of this machine's, in seconds.
    public internal(set) var clockSkew: TimeInterval?
    /// How long it took to be answered, in seconds; ``clockSkew`` is known to half of it.
    public internal(set) var roundTrip: TimeInterval?
    /// Stint's scripts in its slow log, the latest first.
    public internal(set) var slowScripts: [SlowScript]?
    /// Stint's scripts that it knows, by name.
    public internal(set) var knownScripts: Set<String>?
    /// The latest delay in milliseconds by the server's latency events, where it watches for them.
    public internal(set) var delays: [String: Int]?
    /// The cluster's slots that are being moved from or to this node.
    public internal(set) var movingSlots: Set<Int> = []
    /// What could not be asked, and why.
    public internal(set) var refusals: [String: String] = [:]

    /// Creates a report of a server of which only this is known.
    package init(fields: [String: String] = [:], settings: [String: String] = [:]) {
        self.fields = fields
        self.settings = settings
    }
}

/// What a queue takes of Redis' memory.
public struct QueueMemory: Sendable, Hashable {
    /// All its keys together, in bytes, as Redis estimates it.
    public let bytes: Int
    /// The largest of its keys, in bytes: a cluster moves a key in one piece.
    public let largestKey: Int
}
