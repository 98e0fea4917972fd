// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A job by name with its payload as bytes, for callers that have no Swift type for it.
public struct RawJob: Sendable, Hashable {
    /// The job's name: at most 128 bytes, no control characters.
    public var name: String
    /// The payload as a handler gets it.
    public var payload: [UInt8]
    /// How the job runs.
    public var options: JobOptions

    /// Creates a job.
    public init(name: String, payload: [UInt8] = [], options: JobOptions = JobOptions()) {
        self.name = name
        self.payload = payload
        self.options = options
    }
}
