// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Stint

/// Slots and logs of a worker, for `work` and `up`.
package struct WorkerLogOptions: ParsableArguments {
    /// How log lines are written.
    package enum Form: String, Sendable, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: ArgumentHelp("Jobs at a time (default: one for each processor).", valueName: "number"))
    package var slots: Int?

    @Option(name: .customLong("log"), help: ArgumentHelp("Log lines on stderr: text or json.", valueName: "form"))
    package var form = Form.text

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses a number that no worker has.
    package func validate() throws {
        if let slots, !(1...10_000).contains(slots) { throw ValidationError("--slots must be between 1 and 10000.") }
    }
}
