// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// A job that completed lately and was not kept.
public struct RecentEnd: Sendable, Hashable, Codable {
    /// The job's id.
    public let id: JobID
    /// When it ended, by Redis time.
    public let date: Date
}
