// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How one run of a function ended.
package struct FunctionResult: Sendable, Hashable {
    /// The way it ended.
    package enum Exit: Sendable, Hashable {
        case exited(code: Int)
        case signalled(Int)
        /// It ran over its timeout and was ended, whatever its exit code then was.
        case timedOut
    }

    /// The way it ended.
    package var exit: Exit
    /// The newest bytes of standard output.
    package var output: [UInt8]
    /// How many older bytes of standard output are gone.
    package var outputDropped: Int
    /// The last line of standard error that is neither empty nor indented; the first one, if all are indented.
    package var lastLogLine: String?
    /// The last time that a control line asked to be retried after.
    package var retryAfter: Duration?
    /// The last time that a control line asked to be snoozed for.
    package var snooze: Duration?
    /// From the start to the end.
    package var duration: Duration
    /// Time on the processor, of the program and the children it waited for.
    package var processorTime: Duration
    /// The largest resident size of one of these processes, in bytes.
    package var maximumResidentBytes: Int

    /// Whether the oldest part of standard output is gone.
    package var isTruncated: Bool { outputDropped > 0 }
}
