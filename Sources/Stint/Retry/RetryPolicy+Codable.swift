// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RetryPolicy: Codable {
    /// Reads the compact text form, such as `e,5,1000,3600000`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let policy = RetryPolicy(recordText: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no retry policy")
        }
        self = policy
    }

    /// Writes the compact text form: a letter (e exponential, f fixed, l list), the attempts (0 for no bound) and
    /// times in milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(recordText)
    }
}
