// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// The one job of the harness: what its handler does stands in the payload.
struct ChaosJob: Job {
    /// How the handler spends its time, or ends its process.
    enum Kind: String, Codable, Sendable {
        /// Sleeps, and stops when it is cancelled.
        case sleep
        /// Goes on when it is cancelled, and then reports progress and returns as if nothing had happened.
        case stubborn
        /// Holds its thread.
        case block
        /// Ends its worker by SIGABRT.
        case abort
        /// Ends its worker by `exit`.
        case exit
    }

    static let name = "chaos"

    /// Names the job in the producer's files, also where its id never became known.
    var serial: String
    var kind = Kind.sleep
    var milliseconds = 0
    /// How many attempts fail before one succeeds.
    var failures = 0
    /// Whether it writes progress and log lines.
    var isTalkative = false
    /// Makes the payload long.
    var padding: String?
}
