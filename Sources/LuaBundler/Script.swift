// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A script ready to be sent: flattened, named by its digest, with the way back to its sources.
struct Script {
    /// Where a line of the flattened script comes from.
    struct Origin: Hashable {
        let file: String
        let line: Int
    }

    let name: String
    let header: ScriptHeader
    /// The flattened script's lines.
    let lines: [String]
    /// The origin of each of `lines`.
    let origins: [Origin]
    /// The Redis commands it calls, in upper case, sorted.
    let commands: [String]

    var source: String { lines.joined(separator: "\n") }
    var sha1: String { SHA1.hex(source) }
}
