// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The job names that a function runs: one name, or all that begin with a prefix.
package struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern's text, such as `resize` or `etl.*`.
    package let description: String

    /// Accepts a name, or a prefix followed by `*`.
    package init(_ text: String) throws(ParseFailure) {
        guard !text.isEmpty else { throw ParseFailure("a function needs a name") }
        guard !text.dropLast().contains("*") else {
            throw ParseFailure("'*' may only be the last character of a function's name")
        }
        description = text
    }

    /// Whether it is a prefix and not one name.
    package var isPrefix: Bool { description.hasSuffix("*") }

    /// Whether it matches the name.
    package func matches(_ name: String) -> Bool {
        // Bytes, not characters: "é" in two spellings is two names.
        isPrefix ? name.utf8.starts(with: description.utf8.dropLast()) : name.utf8.elementsEqual(description.utf8)
    }

    /// Whether it goes before another that matches as well: an exact name first, then the longer prefix.
    package func isMoreSpecific(than other: Self) -> Bool {
        isPrefix == other.isPrefix ? description.utf8.count > other.description.utf8.count : !isPrefix
    }
}
