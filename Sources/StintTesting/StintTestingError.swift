// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What keeps a test's own machinery from working.
package struct StintTestingError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
