// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What is to be written about an attempt that ended.
package enum AttemptEnd: Sendable, Hashable {
    /// Finish the job with this result, empty for none.
    case finish(result: [UInt8])
    /// Note a failure.
    case fail(Failure)
    /// Hand the job back with its attempt unused: to the front, or after a delay.
    case handBack(delay: Duration?)

    /// A failed attempt as the `fail` script takes it.
    package struct Failure: Sendable, Hashable {
        /// Why the attempt failed.
        package enum Kind: String, Sendable {
            case error = "e"
            case timeout = "t"
            case crash = "c"
        }
        package var kind: Kind
        /// The time until the next attempt; `nil` makes the job dead at once.
        package var delay: Duration?
        /// For people, at most 4 KiB.
        package var text: String
        /// The text as Redis is to hold it, where it is sealed.
        package var sealedText: String?

        /// The most bytes of a text, sealed or not.
        package static let textLimit = 4096

        package init(kind: Kind, delay: Duration?, text: String) {
            self.kind = kind
            self.delay = delay
            self.text = text.prefix(utf8Bytes: Self.textLimit)
        }
    }
}

extension String {
    /// Returns the text cut to a number of UTF-8 bytes, never in the middle of a character.
    package func prefix(utf8Bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
