// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// A part of the jobs in one state.
public struct JobPage: Sendable, Hashable, Codable {
    /// The jobs, in the order asked for.
    public let jobs: [JobSummary]
    /// How many jobs there are in all; for completed and cancelled ones, how many of both are kept.
    public let total: Int
    /// The offset of the next page; `nil` if this is the last.
    ///
    /// Offsets count index entries, of which some may be of jobs that have gone, so a page can have fewer jobs than
    /// asked for and not be the last.
    public let nextOffset: Int?
    /// Redis time when the reading began.
    public let date: Date
}
