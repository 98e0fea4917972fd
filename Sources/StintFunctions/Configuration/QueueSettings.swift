// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What stint.yaml says of a queue.
package struct QueueSettings: Sendable, Hashable {
    package var name: String
    /// Its share of the workers' claims; 1 unless given.
    package var weight: Int
    package var line: Int

    /// Creates settings.
    package init(name: String, weight: Int = 1, line: Int) {
        self.name = name
        self.weight = weight
        self.line = line
    }
}
