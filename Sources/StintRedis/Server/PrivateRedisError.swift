// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Why a private Redis could not be started, with a message for people.
package struct PrivateRedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, as a value that callers can compare.
    package enum Code: Hashable, Sendable {
        /// There is no `redis-server` to run.
        case notInstalled
        /// Another server works in the same directory; it can be joined through its socket.
        case alreadyRunning
        /// It could not be started, or ended at once.
        case failed
    }

    /// What went wrong.
    package let code: Code
    /// The reason and what helps.
    package let message: String

    package var description: String { message }
}
