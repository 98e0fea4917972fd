// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The one place for which bytes are sealed, so that they cannot be moved to another.
public struct SealBinding: Sendable, Hashable {
    /// What the bytes are.
    public enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// What the producer gave to the job.
        case payload
        /// What its handler returned.
        case result
        /// Why an attempt failed, or the job died.
        case error
        /// The note of a running job's progress.
        case progress
        /// A line of the job's log.
        case log
    }

    /// The namespace of the keys.
    public let namespace: String
    /// The job's queue.
    public let queue: String
    /// The job.
    public let id: JobID
    /// The job's name; empty for a line of its log, which outlives the record that has the name.
    public let name: String
    /// What the bytes are.
    public let purpose: Purpose

    /// Names a place.
    public init(namespace: String, queue: String, id: JobID, name: String, purpose: Purpose) {
        self.namespace = namespace
        self.queue = queue
        self.id = id
        self.name = name
        self.purpose = purpose
    }

    /// The place as additional data of a cipher: each part behind its length, so that no two places have the same bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for part in ["stint-seal-1", namespace, queue, id.description, name, purpose.rawValue] {
            bytes.append(UInt8(truncatingIfNeeded: part.utf8.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: part.utf8.count))
            bytes.append(contentsOf: part.utf8)
        }
        return bytes
    }
}
