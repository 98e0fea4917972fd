// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Stint

/// Reads what must have a job before the command ends: `@Option(transform: DurabilityArgument.parse)`.
package enum DurabilityArgument {
    /// How long the command waits for the confirmation.
    private static let limit = Duration.seconds(5)

    /// Reads `local`, `replicated`, `replicated=2` or `fsynced`.
    package static func parse(_ text: String) throws -> Durability {
        let parts = text.lowercased().split(separator: "=", omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("local", 1): return .local
        case ("fsynced", 1): return .fsynced(within: limit)
        case ("replicated", 1): return .replicated(1, within: limit)
        case ("replicated", 2):
            guard let replicas = Int(parts[1]), (1...100).contains(replicas) else {
                throw ValidationError("'\(parts[1])' is no number of replicas, which is 1 to 100")
            }
            return .replicated(replicas, within: limit)
        default:
            throw ValidationError(
                "'\(text)' is no durability; there are local, replicated, replicated=NUMBER and fsynced")
        }
    }
}
