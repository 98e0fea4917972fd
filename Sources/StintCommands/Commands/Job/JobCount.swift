// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// Counts jobs in words.
enum JobCount {
    /// `1 job`, `2 048 jobs`.
    static func text(_ count: Int) -> String {
        "\(NumberText.grouped(count)) \(count == 1 ? "job" : "jobs")"
    }
}
