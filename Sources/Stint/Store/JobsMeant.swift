// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Which of the jobs that a call names it may touch, as its script judges it: they may have changed since somebody looked.
struct JobsMeant: Sendable {
    /// Letters of the states; empty for all.
    let states: String
    /// The Redis time by which they were enqueued; 0 for any.
    let seenMilliseconds: Int

    init(states: Set<JobState>?, enqueuedBy date: Date?) {
        let codes = states.map { $0.map(\.recordCode).sorted() } ?? []
        // No job is in a state of this letter.
        self.states = states?.isEmpty == true ? "-" : String(decoding: codes, as: UTF8.self)
        let milliseconds = date.map { ($0.timeIntervalSince1970 * 1000).rounded() }
        seenMilliseconds = milliseconds.map { Int(min(max($0, 1), 1e14)) } ?? 0
    }
}
