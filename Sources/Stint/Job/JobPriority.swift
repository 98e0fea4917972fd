// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Orders the ready jobs of one queue: a queue's urgent jobs are claimed before its high ones, and so on.
///
/// Jobs of one priority start in the order they became ready. There is no ageing: as long as urgent jobs wait, no
/// other job of the same queue starts.
public enum JobPriority: Int, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Before everything else.
    case urgent = 0
    /// Before normal jobs.
    case high = 1
    /// The default.
    case normal = 2
    /// After everything else.
    case low = 3

    /// Says whether the left priority is claimed first.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
