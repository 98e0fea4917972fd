// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Says where and why bytes are not one JSON value.
package struct JSONSyntaxError: Error, Sendable, Hashable {
    /// What is wrong, such as `unexpected end`.
    package let reason: String
    /// Offset of the byte, from 0.
    package let offset: Int

    /// Creates an error.
    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
