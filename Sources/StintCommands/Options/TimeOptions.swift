// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How times are printed, for the commands that print any.
package struct TimeOptions: ParsableArguments {
    @Flag(help: "Print times in full and in UTC, as into a pipe and with --json.")
    package var utc = false

    /// Creates the group; the parser fills it.
    package init() {}
}
