// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions

/// Reads lengths of time on the command line: `@Option(transform: DurationArgument.parse)`.
package enum DurationArgument {
    /// Reads a length such as `5m` or `1h30m`.
    package static func parse(_ text: String) throws -> Duration {
        do {
            return try DurationText.parse(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
