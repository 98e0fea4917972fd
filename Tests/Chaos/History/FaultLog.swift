// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTesting

/// Writes down each thing that is done to a process, just before it is done.
struct FaultLog: Sendable {
    /// What can be done.
    enum Event: String, Sendable {
        /// A worker was killed; the subject is its process.
        case kill
        /// A worker was stopped, and let go on.
        case stop, goOn = "go-on"
        /// A process ended by itself: `process status`.
        case ended
        /// Redis was killed; Redis takes commands again.
        case redisKill = "redis-kill", redisUp = "redis-up"
        /// Redis stood still or could not be reached, until.
        case outage, outageEnd = "outage-end"
        /// A primary was killed, stopped or cut off; another is in its place; the old one can be reached again.
        case primary, failover, healed
        /// A queue's slot is to be moved; it was.
        case move, moved
        /// The wall clock of Redis was shifted; the subject is the shift in milliseconds.
        case clock
    }

    let file: LineFile

    func append(_ event: Event, _ subject: String = "-") {
        file.append("\(LineFile.now) \(event.rawValue) \(subject)")
    }
}
