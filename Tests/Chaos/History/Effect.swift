// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One line that a handler wrote.
struct Effect: Sendable {
    enum Event: String, Sendable { case start, stop, fail, cancel, note }

    let id: String
    let fence: Int64
    let attempt: Int
    let process: Int32
    let event: Event
    /// Nanoseconds.
    let time: Int64

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 6, let fence = Int64(words[1]), let attempt = Int(words[2]),
            let process = Int32(words[3]), let event = Event(rawValue: String(words[4])), let time = Int64(words[5])
        else { return nil }
        id = String(words[0])
        self.fence = fence
        self.attempt = attempt
        self.process = process
        self.event = event
        self.time = time
    }
}
