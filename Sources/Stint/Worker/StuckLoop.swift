// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// A loop of a worker that has not turned for three times as long as it should.
public struct StuckLoop: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Which one: `claim`, `wake-up`, `sweep`, `renewal` or `heartbeat`.
    public let loop: String
    /// The queue that it serves, where it serves one.
    public let queue: String?
    /// For how long it has owed its turn, in seconds.
    public let seconds: TimeInterval
    /// Why its last round failed, where one did.
    public let reason: String?

    /// One line for people, such as `sweep of 'mail' for 12 s: Redis cannot be reached`.
    public var description: String {
        let place = queue.map { " of '\($0)'" } ?? ""
        return "\(loop)\(place) for \(Int(seconds)) s" + (reason.map { ": \($0)" } ?? "")
    }
}
