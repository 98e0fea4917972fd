// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// How far a running job is, as its handler says.
public struct JobProgress: Sendable, Hashable, Codable {
    /// From 0 to 1.
    public let fraction: Double
    /// A short text for people.
    public let note: String?
}

/// One attempt that failed.
public struct JobFailure: Sendable, Hashable, Codable {
    /// How an attempt fails.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// The handler threw, or said so.
        case error
        /// The attempt took longer than it may.
        case timeout
        /// The worker died or lost its lease.
        case crash
    }

    /// When, by Redis time.
    public let date: Date
    /// Which attempt it was, counted from 1.
    public let attempt: Int
    /// How it failed.
    public let kind: Kind
    /// What was said.
    public let text: String
}

/// A request to cancel a job that runs.
public struct JobCancelRequest: Sendable, Hashable, Codable {
    /// When, by Redis time.
    public let date: Date
    /// Who asked.
    public let by: String
}
