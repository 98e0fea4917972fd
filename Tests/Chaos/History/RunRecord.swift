// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a run was.
struct RunRecord: Codable, Sendable {
    var scenario: String
    var seed: UInt64
    /// Seconds from the first worker's start to the last fault.
    var seconds: Double
    /// Milliseconds.
    var lease: Int
    var crashBudget: Int
    /// Nanoseconds to add to a time of the histories to get the time since 1970 by this machine's clock.
    var epoch: Int64
    /// How late the harness's own thread was run, nanoseconds.
    var machineLag: Distribution
    var redisVersion: String
    /// Redis' `appendfsync`.
    var fsync: String
    /// Whether the append-only file tells the whole story.
    var hasLedger: Bool
}

/// What was left after the drain.
struct EndState: Codable, Sendable {
    struct Queue: Codable, Sendable {
        var name: String
        var waiting: Int
        var running: Int
        var dead: Int
        var completed: Int
    }

    /// Whether the queues became empty in time.
    var isDrained: Bool
    var queues: [Queue]
    var deadIDs: [String]
    /// What the audit of each queue found.
    var problems: [String]
    /// Keys without an expiry, and how many have one.
    var lastingKeys: [String]
    var expiringKeys: Int
    /// How each process ended that was asked to: role and `waitpid` status.
    var exits: [String: [Int32]]
}
