// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Reads one tag: `@Option(name: .customLong("tag"), transform: TagArgument.parse)`.
package struct TagArgument: Sendable, Hashable {
    /// What stands before the first `=`.
    package let name: String
    /// What stands behind it.
    package let value: String

    /// Reads `name=value`; the value may be empty and may hold further `=`.
    package static func parse(_ text: String) throws -> TagArgument {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
            throw ValidationError("'\(text)' is no tag; write name=value")
        }
        return TagArgument(name: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
    }
}
