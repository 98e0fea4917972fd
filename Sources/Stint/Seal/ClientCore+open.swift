// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Opens what the queue holds about a job.
extension ClientCore {
    /// Returns the payload or result that a handler or a caller may see.
    ///
    /// - Throws: ``StintError``: `unknownKey` or `notAuthentic`, also for what is not sealed where that is required.
    package func opened(
        _ bytes: [UInt8], _ purpose: SealBinding.Purpose, of record: JobRecord, id: JobID, queue: String
    ) throws(StintError) -> [UInt8] {
        guard record.flags.contains(.sealed) else {
            guard sealer?.sealing.mode != .required else { throw .notSealed(purpose) }
            return bytes
        }
        guard let sealer else { throw .withoutKeys(bytes, purpose) }
        return try sealer.open(bytes, purpose, at: .init(queue: queue, id: id, name: record.name))
    }

    /// Returns the payload that a job's handler may see, as for any other.
    func opened(_ job: ClaimedJob, queue: String) throws(StintError) -> [UInt8] {
        // The usual job costs no more than this look; its id is made for those that are sealed.
        if sealer == nil, !job.record.flags.contains(.sealed) { return job.payload }
        return try opened(job.payload, .payload, of: job.record, id: job.id, queue: queue)
    }

    /// Returns a record whose reason can be read, as far as the keys go.
    package func opened(_ record: JobRecord, id: JobID, queue: String) -> JobRecord {
        guard record.flags.contains(.sealed), let reason = record.reason else { return record }
        var record = record
        record.reason = opened(reason, .error, at: .init(queue: queue, id: id, name: record.name))
        return record
    }

    /// Returns a text with what is sealed in it opened, or named where it cannot be.
    func opened(_ text: String, _ purpose: SealBinding.Purpose, at place: @autoclosure () -> Sealer.Place) -> String {
        guard let (before, sealed) = SealedText.find(in: text) else { return text }
        let words: String
        do throws(StintError) {
            guard let sealer else { throw .withoutKeys(sealed, purpose) }
            words = String(decoding: try sealer.open(sealed, purpose, at: place()), as: UTF8.self)
        } catch {
            words =
                error.code == .notAuthentic
                ? "(sealed, not authentic)"
                : SealedEnvelope(sealed).map { "(sealed with key \($0.keyID))" } ?? "(sealed)"
        }
        return before + words
    }
}

extension StintError {
    /// A process without keys met something sealed.
    static func withoutKeys(_ bytes: [UInt8], _ purpose: SealBinding.Purpose) -> Self {
        let key = SealedEnvelope(bytes).map { "with key \($0.keyID)" } ?? "in an unknown form"
        return StintError(.unknownKey, "The \(purpose.rawValue) is sealed \(key), and this process has no keys.")
    }

    /// Something that is not sealed where that is required.
    static func notSealed(_ purpose: SealBinding.Purpose) -> Self {
        StintError(.notAuthentic, "The \(purpose.rawValue) is not sealed, and only sealed jobs are accepted here.")
    }
}
