// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// A script with its keys and arguments, ready to be sent.
package struct ScriptCall: Sendable {
    package let script: RedisScript
    package let keys: [String]
    package let arguments: [[UInt8]]

    package init(script: RedisScript, keys: [String], arguments: [[UInt8]]) {
        self.script = script
        self.keys = keys
        self.arguments = arguments
    }
}
