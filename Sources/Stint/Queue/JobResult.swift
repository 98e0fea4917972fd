// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How a job ended.
public struct JobResult: Sendable, Hashable {
    /// The job's id.
    public let id: JobID
    /// The queue that it was in.
    public let queue: String
    /// `completed`, `dead` or `cancelled`.
    public let state: JobState
    /// The bytes that its handler returned, if it did.
    public let bytes: [UInt8]?
    /// Why it is dead or was cancelled.
    public let reason: String?
    /// How often it was run.
    public let attempts: Int

    package init(id: JobID, queue: String, state: JobState, bytes: [UInt8]?, reason: String?, attempts: Int) {
        self.id = id
        self.queue = queue
        self.state = state
        self.bytes = bytes
        self.reason = reason
        self.attempts = attempts
    }
}
