// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A job that this worker holds a lease of.
///
/// An object, as it goes through many hands between its claim and its end: each of them takes one reference. Texts that
/// most attempts never ask for are made when they are asked for.
package final class ClaimedJob: Sendable {
    /// Which of the worker's queues it came from.
    package let queue: Int
    /// The job's id, as Redis has it.
    package let idBytes: [UInt8]
    /// The record as the claim wrote it.
    package let record: JobRecord
    /// The payload, wherever it was stored.
    package let payload: [UInt8]

    package init(queue: Int, idBytes: [UInt8], record: JobRecord, payload: [UInt8]) {
        self.queue = queue
        self.idBytes = idBytes
        self.record = record
        self.payload = payload
    }

    /// The job's id.
    package var id: JobID { JobID(unchecked: String(decoding: idBytes, as: UTF8.self)) }
    /// The job's name.
    package var name: String { record.name }
    /// The lease itself, `id:fence:node`.
    package var member: String { String(decoding: memberBytes, as: UTF8.self) }
    /// The lease itself, as Redis has it.
    package var memberBytes: [UInt8] { record.lease(id: idBytes) }
}
