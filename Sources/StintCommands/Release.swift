// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Which release this is.
package enum Release {
    /// The version, as in the changelog.
    package static let version = "0.1.0"
}
