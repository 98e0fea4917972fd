// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A value that a script receives in ARGV.
package protocol ScriptArgument {
    /// The bytes that are sent.
    var scriptBytes: [UInt8] { get }
}

extension String: ScriptArgument {
    package var scriptBytes: [UInt8] { Array(utf8) }
}

extension Int: ScriptArgument {
    package var scriptBytes: [UInt8] { Array(String(self).utf8) }
}

extension Array: ScriptArgument where Element == UInt8 {
    package var scriptBytes: [UInt8] { self }
}
