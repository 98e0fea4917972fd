// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a producer was answered about one job.
struct Answer: Sendable {
    enum Outcome: Sendable, Hashable { case acknowledged, unknown, refused(String) }

    let outcome: Outcome
    /// Whether a replica had confirmed it.
    let isReplicated: Bool
    /// Known if the job was acknowledged or has an id of its caller's.
    let id: String?
    let serial: String
    /// Nanoseconds, just before the call.
    let called: Int64
    let answered: Int64
    /// Nanoseconds that it was to wait.
    let delay: Int64

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 6, let called = Int64(words[3]), let answered = Int64(words[4]),
            let delay = Int64(words[5])
        else { return nil }
        switch words[0] {
        case "ack", "safe": (outcome, id) = (.acknowledged, String(words[1]))
        case "unknown": (outcome, id) = (.unknown, words[1] == "-" ? nil : String(words[1]))
        case "refused": (outcome, id) = (.refused(String(words[1])), nil)
        default: return nil
        }
        isReplicated = words[0] == "safe"
        serial = String(words[2])
        self.called = called
        self.answered = answered
        self.delay = delay * 1_000_000
    }
}
