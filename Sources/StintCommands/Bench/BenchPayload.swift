// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// The job of the throughput benchmark: a message as programs have them, in seven fields.
struct BenchPayload: Job {
    static let name = "bench"

    var account: Int
    var to: String
    var subject: String
    var template: String
    var amount: Double
    var isUrgent: Bool
    var text: String

    /// A payload that is so many bytes long as JSON, as far as its other fields leave room for a text; no two numbers
    /// make the same one, as no two jobs of a program are the same.
    init(_ number: Int, bytes: Int) {
        account = 48_150_000 + number
        to = "user\(10_000 + number)@example.com"
        subject = "Your receipt"
        template = "receipt-v2"
        amount = Double(number) + 0.5
        isUrgent = false
        text = Self.text(number, max(0, bytes - Self.rest))
    }

    /// So many characters that differ from number to number.
    static func text(_ number: Int, _ length: Int) -> String {
        // Nine characters: Redis' Lua hashes a string by every eighth of them.
        let word = "\(1_000_000 + number). "
        return String(String(repeating: word, count: length / word.count + 1).prefix(length))
    }

    /// The length of the JSON around the text, within two or three bytes.
    static let rest = 142
}
