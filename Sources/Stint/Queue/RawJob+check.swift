// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RawJob {
    /// Throws what `enqueue` would throw before it sends anything, so that a caller with many jobs finds the bad one.
    package func check(maxPayloadBytes: Int = 1 << 20) throws(StintError) {
        _ = try EnqueueValidation(maxPayloadBytes: maxPayloadBytes).check(
            name: name, payload: payload, options: options)
    }
}
