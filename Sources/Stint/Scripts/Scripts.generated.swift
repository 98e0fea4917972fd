// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

// Generated from lua/ by `swift run LuaBundler`: do not edit.

package import StintRedis

/// Every script of the protocol, and for each the call that runs it.
package enum Scripts {
    /// All scripts, by name.
    package static let all: [RedisScript] = []

    /// The Lua files that the line maps name by index.
    static let files: [String] = []

    /// For each script the runs of lines that stand together in one file: first line, file, line there.
    static let lineMaps: [String: [UInt16]] = [
        :
    ]
}
