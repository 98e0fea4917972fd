// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintTerminal

/// Some queues named one by one, or all of them.
enum QueueSelection {
    /// Refuses both and neither.
    static func check(_ queues: [String], all: Bool) throws {
        if queues.isEmpty == all { return }
        throw ValidationError(all ? "--all and names of queues exclude each other." : "Name a queue, or say --all.")
    }

    /// `'mail'`, or `4 queues`.
    static func text(_ queues: [String]) -> String {
        queues.count == 1 ? "'\(queues[0])'" : "\(NumberText.grouped(queues.count)) queues"
    }
}
