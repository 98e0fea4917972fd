// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Where jitter, lane names and job ids get their randomness; tests replace it by a seeded one.
package protocol RandomSource: Sendable {
    /// Returns 64 random bits.
    func next() -> UInt64
}

extension RandomSource {
    /// Returns a duration between zero and `limit`, each with the same likelihood.
    package func duration(upTo limit: Duration) -> Duration {
        let fraction = Double(next() >> 11) / Double(1 << 53)
        return limit * fraction
    }
}
