// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a ``Handle`` throws where the payload is not of its job type: no other attempt would do better.
///
/// A type of its own, since a handler may throw the same code about a result that it waited for.
struct UndecodablePayload: Error, CustomStringConvertible {
    /// What is told to others.
    let reason: StintError

    var description: String { "\(reason)" }
}
