// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One run as the process loop needs it.
struct RunRequest: Sendable {
    let ticket: RunTicket
    var program: Program
    var payload: [UInt8]
    var timeout: Duration?
    var gracePeriod: Duration
    var resultBound: Int
    var logBound: Int
    /// Called on the loop's thread.
    var onLog: @Sendable (String) -> Void
    /// Called on the loop's thread.
    var onControl: @Sendable (ControlLine) -> Void
    /// Called once, on the loop's thread, when nothing of the run is left.
    var completion: @Sendable (Result<FunctionResult, any Error>) -> Void
}

/// Names a run, and remembers that it was cancelled even before it reached the loop.
final class RunTicket: Sendable {
    let isCancelled = Atomic(false)
}
