// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A job that this worker holds a lease of.
package struct ClaimedJob: Sendable {
    /// Which of the worker's queues it came from.
    package let queue: Int
    /// The job's id.
    package let id: JobID
    /// The job's name.
    package let name: String
    /// The lease itself, `id:fence:node`.
    package let member: String
    /// The record as the claim wrote it.
    package let record: JobRecord
    /// The payload, wherever it was stored.
    package let payload: [UInt8]

    package init(queue: Int, id: JobID, name: String, member: String, record: JobRecord, payload: [UInt8]) {
        self.queue = queue
        self.id = id
        self.name = name
        self.member = member
        self.record = record
        self.payload = payload
    }
}
