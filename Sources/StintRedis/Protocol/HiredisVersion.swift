// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CHiredis

/// The release of hiredis that replies are parsed with.
package enum HiredisVersion {
    /// The number, as its header has it.
    package static let text = "\(HIREDIS_MAJOR).\(HIREDIS_MINOR).\(HIREDIS_PATCH)"
}
