// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension ServerReport {
    /// The names of all scripts of this release.
    public static var scripts: Set<String> { Set(Scripts.all.map(\.name)) }
}
