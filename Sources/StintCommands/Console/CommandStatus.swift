// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What the exit code of `stint` says, the same for every command.
package enum CommandStatus: Int32, Sendable, Hashable, CaseIterable {
    case ok = 0
    case failed = 1
    case partlyDone = 2
    case notFound = 3
    case refusedByState = 4
    case notConfirmed = 5
    case usage = 64
    case unreachable = 69
    case bug = 70
    case tryAgain = 75
    case noPermission = 77
    case invalidConfiguration = 78
    case timedOut = 124
    case interrupted = 130

    /// What the code means, for `stint help exit-codes`.
    package var meaning: String {
        switch self {
        case .ok: "done"
        case .failed: "the job failed (--wait, run), or the command did"
        case .partlyDone: "partly done: some items failed"
        case .notFound: "no such job, queue or node"
        case .refusedByState: "refused by state: duplicate key, queue full, lease lost, nothing to do in this state"
        case .notConfirmed: "confirmation declined, or needed and not given"
        case .usage: "the command line is wrong"
        case .unreachable: "Redis cannot be reached or started"
        case .bug: "a bug in Stint; please report it"
        case .tryAgain: "try again: Redis is loading, busy or full, or the outcome is unknown"
        case .noPermission: "no permission: password, certificate, right, key or read-only"
        case .invalidConfiguration: "the configuration is invalid, or this Redis must not be used"
        case .timedOut: "the time to wait passed: --wait-timeout, or --timeout of a command that waits"
        case .interrupted: "stopped by Ctrl-C"
        }
    }
}
