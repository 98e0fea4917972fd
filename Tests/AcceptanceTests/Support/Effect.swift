// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One line that a handler wrote.
struct Effect: Sendable, Hashable {
    let id: String
    let fence: Int64
    let attempt: Int
    let pid: pid_t
    let event: String
    /// When it was written, by a clock that all processes share.
    let time: Duration

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 6, let fence = Int64(words[1]), let attempt = Int(words[2]), let pid = pid_t(words[3]),
            let time = Int64(words[5])
        else { return nil }
        id = String(words[0])
        self.fence = fence
        self.attempt = attempt
        self.pid = pid
        event = String(words[4])
        self.time = .nanoseconds(time)
    }

    /// The clock that effects are timed by.
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

extension [Effect] {
    /// The effects with this event.
    func having(_ event: String) -> [Effect] { filter { $0.event == event } }

    /// How often each id has this event.
    func counts(_ event: String) -> [String: Int] {
        having(event).reduce(into: [:]) { $0[$1.id, default: 0] += 1 }
    }
}
