// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Says who calls a script and what Redis must allow them, since inside a script Redis goes by the rights of its caller.
package struct ScriptAccess: Sendable {
    package let script: RedisScript
    /// Who calls it.
    package let roles: Set<AccessRole>
    /// The nouns of its keys, such as `jobs` or `lane`.
    package let keys: [String]
    /// The commands that it calls, in upper case.
    package let commands: [String]

    package init(script: RedisScript, roles: Set<AccessRole>, keys: [String], commands: [String]) {
        self.script = script
        self.roles = roles
        self.keys = keys
        self.commands = commands
    }
}
