// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Stint

/// Reads queues with weights: `a,b=3`.
package enum QueueShare {
    /// Reads a list: `@Option(transform: QueueShare.parse)`.
    package static func parse(_ text: String) throws -> [Worker.Queue] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = halves[0].trimmingSpaces()
            guard !name.isEmpty else { throw ValidationError("'\(text)' is no list of queues; write mail,video=3") }
            guard halves.count == 2 else { return Worker.Queue(name) }
            guard let weight = Int(halves[1]), (1...1_000).contains(weight) else {
                throw ValidationError("the weight of '\(name)' must be a number from 1 to 1000, as in \(name)=3")
            }
            return Worker.Queue(name, weight: weight)
        }
    }
}
