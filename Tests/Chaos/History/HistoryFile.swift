// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The files that a run leaves; everything that is judged is read from them.
enum HistoryFile: String {
    /// What handlers did; see ``ChaosHandler``.
    case effects
    /// What producers were answered; see ``Producer``.
    case producers
    /// Worker processes: `process node nanoseconds`.
    case workers
    /// Times at which a process did not get to run; see ``StallWatch``.
    case stalls
    /// What was done to them: `nanoseconds event subject`; see ``FaultLog``.
    case faults
    /// Memory and files of processes: `nanoseconds process role kilobytes descriptors`.
    case samples
    /// What the run was, as JSON.
    case run = "run.json"
    /// What was left in Redis after the drain, as JSON.
    case end = "end.json"

    func path(in folder: String) -> String { "\(folder)/\(rawValue)" }
}
