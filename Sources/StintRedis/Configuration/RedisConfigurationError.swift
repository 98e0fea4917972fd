// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A Redis address or option that cannot be used, with a message for people.
///
/// Never holds a password.
package struct RedisConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    package let message: String

    /// Makes an error with a message.
    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
