// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// An error reply of Redis: it ran nothing, or says itself what it did.
package struct RedisServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first word, such as `NOSCRIPT` or `ERR`.
    package var code: String
    /// What follows the first word.
    package var message: String

    /// Makes an error of its two parts.
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Takes the text of an error reply apart, without its leading `-`.
    package init(line: some Collection<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        guard let space = text.firstIndex(of: " ") else {
            self.init(code: text, message: "")
            return
        }
        self.init(code: String(text[..<space]), message: String(text[text.index(after: space)...]))
    }

    package var description: String {
        message.isEmpty ? code : "\(code) \(message)"
    }
}
