// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides whether a task tells at once of an attempt that it ended, or leaves it to be told with those after it.
///
/// Telling wakes the reactor, which costs more than an attempt that does nothing. But handlers that compute may keep
/// every thread for as long as attempts wait: so ends gather only while attempts follow each other quickly.
struct EndGathering {
    /// How long a task gathers at most, as seen at the end of each attempt.
    static let limit: Duration = .microseconds(200)

    private var toldAt: Duration

    /// A task has come, and has told of what others gathered.
    init(now: Duration) { toldAt = now }

    /// Whether the end is to be gathered; `isFollowed` says whether a task is on its way that will tell of it.
    mutating func gathers(isFollowed: Bool, now: Duration) -> Bool {
        if isFollowed, now - toldAt < Self.limit { return true }
        toldAt = now
        return false
    }
}
