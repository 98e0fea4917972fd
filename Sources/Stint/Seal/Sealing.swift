// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How a client seals what jobs carry, and what it makes of jobs that are not sealed.
public struct Sealing: Sendable {
    /// What becomes of a job whose payload is not sealed.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Its handler never runs: the job is dead, and its reason says why.
        ///
        /// So whoever can write to Redis and has no key can run nothing.
        case required
        /// It runs; for the time in which jobs of before are still about.
        case accepting
    }

    /// Seals and opens.
    public var codec: any PayloadCodec
    /// What becomes of what is not sealed.
    public var mode: Mode

    /// Seals with a codec; what is not sealed is refused unless `mode` says otherwise.
    public init(_ codec: any PayloadCodec, mode: Mode = .required) {
        self.codec = codec
        self.mode = mode
    }
}
