// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One mistake in the Lua sources, with the place where it stands.
struct BundleError: Error, Hashable, CustomStringConvertible {
    /// The file's path below `lua/`, such as `include/clock.lua`.
    let file: String
    let line: Int
    let message: String

    var description: String { "lua/\(file):\(line): error: \(message)" }
}

/// All mistakes that one pass over the sources found, so that a person mends them in one go.
struct BundleErrors: Error, CustomStringConvertible {
    let errors: [BundleError]

    var description: String { errors.map(\.description).joined(separator: "\n") }
}
