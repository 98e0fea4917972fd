// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Stint

/// Reads the name of a priority: `@Option(transform: PriorityArgument.parse)`.
package enum PriorityArgument {
    /// The names, the most urgent first.
    package static let names = JobPriority.allCases.map { "\($0)" }

    /// Reads `urgent`, `high`, `normal` or `low`.
    package static func parse(_ text: String) throws -> JobPriority {
        guard let index = names.firstIndex(of: text.lowercased()) else {
            throw ValidationError("'\(text)' is no priority; there are \(names.joined(separator: ", "))")
        }
        return JobPriority.allCases[index]
    }
}
