// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A Lua script and the digest by which Redis knows it.
package struct RedisScript: Sendable, Hashable {
    /// The name for people, such as `advance`.
    package let name: String
    /// The text that Redis compiles, flags included.
    package let source: String
    /// The SHA-1 of the source, 40 lower-case hexadecimal digits.
    package let sha1: String
    /// Whether it only reads (`flags: no-writes`), so that it can be called by a user who may only read.
    package let isReadOnly: Bool

    /// Makes a script of its parts; `sha1` must be the digest of `source`.
    package init(name: String, source: String, sha1: String, isReadOnly: Bool = false) {
        self.name = name
        self.source = source
        self.sha1 = sha1
        self.isReadOnly = isReadOnly
    }

    /// The command that runs it by its digest; that of a script which only reads asks for no right to write.
    package var digestCommand: String { isReadOnly ? "EVALSHA_RO" : "EVALSHA" }

    /// The command that runs it by its source.
    package var sourceCommand: String { isReadOnly ? "EVAL_RO" : "EVAL" }
}
