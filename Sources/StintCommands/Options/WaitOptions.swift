// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import StintFunctions

/// Waiting for the end of a job that was just enqueued.
package struct WaitOptions: ParsableArguments {
    @Flag(help: "Wait for its end: the result on stdout; exit code 0 done, 1 failed, 124 not in time.")
    package var wait = false

    @Flag(help: "As --wait, with the job's log on stderr meanwhile.")
    package var follow = false

    // --timeout is the time that one attempt may take.
    @Option(
        name: .customLong("wait-timeout"),
        help: ArgumentHelp("Wait no longer than this; the job goes on.", valueName: "time"),
        transform: DurationArgument.parse)
    package var limit: Duration?

    /// Creates the group; the parser fills it.
    package init() {}

    /// Whether the command ends only when the job has.
    package var isWaiting: Bool { wait || follow }

    /// Refuses a limit without anything to wait for.
    package func validate() throws {
        guard limit == nil || isWaiting else { throw ValidationError("--wait-timeout needs --wait or --follow.") }
    }
}
