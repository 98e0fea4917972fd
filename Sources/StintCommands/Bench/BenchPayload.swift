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

    /// A payload that is so many bytes long as JSON, as far as its other fields leave room for a text.
    init(bytes: Int) {
        account = 48_151_623
        to = "someone@example.com"
        subject = "Your receipt"
        template = "receipt-v2"
        amount = 129.5
        isUrgent = false
        text = String(repeating: "x", count: max(0, bytes - Self.rest))
    }

    /// The length of the JSON around the text.
    static let rest = 137
}
