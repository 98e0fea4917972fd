// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Why a function could not be run.
package struct FunctionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// The command is missing or cannot be executed.
        case commandNotFound
        /// The system refused to start the process.
        case cannotStart
        /// The job's name or environment cannot be handed to a program safely.
        case unsafeInput
        /// Another part of this process took the child's exit status.
        case statusLost
    }

    /// The kind of failure.
    package let code: Code
    /// What failed and why, in one sentence without a stop.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
