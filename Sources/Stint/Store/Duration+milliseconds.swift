// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Whole milliseconds, rounded up so that a wait is never shorter than asked for; bounded by `Int64`.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds > 0 ? .max : .min }
        let rest = attoseconds / 1_000_000_000_000_000
        let roundsUp = attoseconds > 0 && attoseconds % 1_000_000_000_000_000 != 0
        let (sum, sumOverflow) = thousands.addingReportingOverflow(rest + (roundsUp ? 1 : 0))
        return sumOverflow ? .max : sum
    }
}
