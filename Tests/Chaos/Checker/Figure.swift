// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A row of the report.
struct Figure: Codable, Sendable {
    enum Verdict: String, Codable, Sendable {
        /// Reached.
        case ok
        /// Not reached: the run fails.
        case violation = "VIOLATION"
        /// For information.
        case none = ""
    }

    var name: String
    var value: String
    var goal = ""
    var verdict = Verdict.none
}
