// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import StintFunctions

/// Printing again and again.
///
/// For lists and statistics.
package struct WatchOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print again at each interval: in place on a terminal, as JSON lines into a pipe.")
    package var watch = false

    @Option(
        help: ArgumentHelp("Time between two prints (default: 2s).", valueName: "time"),
        transform: DurationArgument.parse)
    package var interval: Duration?

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses an interval that would do nothing, or too much.
    package func validate() throws {
        guard let interval else { return }
        guard watch else { throw ValidationError("--interval needs --watch.") }
        guard interval >= .milliseconds(100) else { throw ValidationError("--interval must be at least 100ms.") }
    }

    /// The interval to use, or `nil` where one print is asked for.
    package var period: Duration? { watch ? interval ?? .seconds(2) : nil }
}
