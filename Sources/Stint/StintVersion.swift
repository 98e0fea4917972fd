// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The release of Stint.
public enum StintVersion {
    /// The release's number, as in the tag.
    public static let current = "0.1.0"

    /// The release of hiredis that it was built with.
    public static var hiredis: String { HiredisVersion.text }
}
