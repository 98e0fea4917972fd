// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How one thing is printed.
///
/// For commands such as `show` that print a single document.
package struct DocumentOptions: ParsableArguments {
    @Flag(help: "Print one JSON document.")
    package var json = false

    /// Creates the group; the parser fills it.
    package init() {}
}
