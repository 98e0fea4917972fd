// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A job that is about to be enqueued: an entry of the `enqueue` script.
package struct NewJob: Sendable, Hashable {
    /// The job's id.
    package let id: JobID
    /// The record, its times still relative where its flags say so.
    package let record: [UInt8]
    /// The unique key and what to do when it is taken.
    package let unique: UniqueKey?
    /// The payload, if it is too long for the record.
    package let bigPayload: [UInt8]?

    /// What the entry adds to a call, roughly.
    package var byteCount: Int { record.count + (bigPayload?.count ?? 0) + (unique?.key.utf8.count ?? 0) + 32 }

    /// Appends the entry's arguments.
    package func append(to arguments: inout [[UInt8]]) {
        arguments.append(Array(id.description.utf8))
        arguments.append(record)
        if let unique {
            arguments.append(Array(unique.key.utf8))
            arguments.append([unique.onConflict.recordCode])
        }
        if let bigPayload { arguments.append(bigPayload) }
    }
}

extension UniqueKey.Conflict {
    /// The policy's letter in an entry of `enqueue`.
    fileprivate var recordCode: UInt8 {
        switch self {
        case .reject: UInt8(ascii: "r")
        case .existing: UInt8(ascii: "e")
        case .replace: UInt8(ascii: "p")
        }
    }
}

extension NewJob {
    /// When a new job becomes ready, in milliseconds.
    package enum Due: Sendable, Hashable {
        /// So long after Redis accepts it; 0 for at once.
        case after(Int64)
        /// At an instant since 1970.
        case at(Int64)
    }

    /// Everything that a new job's record says.
    ///
    /// The values have been checked against the documented limits.
    package struct Content: Sendable {
        package var name: String
        package var payload: [UInt8]
        package var priority: JobPriority = .normal
        package var due: Due = .after(0)
        package var retry: RetryPolicy = .standard
        package var unique: UniqueKey?
        package var windowMilliseconds: Int64 = 0
        package var timeoutMilliseconds: Int64 = 0
        package var expiresAfterMilliseconds: Int64 = 0
        package var keepMilliseconds: Int64 = 0
        package var isAwaited = false
        package var tags: [String: String] = [:]
        package var traceContext: [String: String] = [:]
        /// Whether the payload is sealed.
        package var isSealed = false
        /// The only job that may carry the payload, where the script decides which one does.
        package var sealedFor: JobID?

        package init(name: String, payload: [UInt8]) {
            self.name = name
            self.payload = payload
        }
    }

    /// Encodes a new job; nil if its fields need more than the 65,535 bytes that a record has for them.
    package init?(id: JobID, _ content: Content) {
        let isBig = content.payload.count > JobRecord.inlineLimit
        let hasOptions =
            content.windowMilliseconds | content.timeoutMilliseconds | content.expiresAfterMilliseconds
            | content.keepMilliseconds != 0
        var flags: JobRecordFlags = []
        if content.isAwaited { flags.insert(.awaited) }
        if content.windowMilliseconds > 0 { flags.insert(.hasWindow) }
        if content.isSealed { flags.insert(.sealed) }
        if isBig { flags.insert(.bigPayload) }
        if content.unique != nil { flags.insert(.hasUniqueKey) }
        if content.keepMilliseconds > 0 { flags.insert(.kept) }
        if case .at = content.due { flags.insert(.absoluteDue) }
        if hasOptions { flags.insert(.hasOptions) }
        if content.expiresAfterMilliseconds > 0 { flags.insert(.mayExpire) }

        let fields = Self.fields(content, hasOptions: hasOptions)
        guard fields.count <= 65_535 else { return nil }
        var record: [UInt8] = []
        record.reserveCapacity(38 + fields.count + (isBig ? 4 : content.payload.count))
        record.append(1)
        record.append(UInt8(ascii: "d"))
        record.append(UInt8(48 + content.priority.rawValue * 4 + content.priority.rawValue))
        record.append(UInt8(flags.rawValue & 0xff))
        record.append(UInt8(flags.rawValue >> 8))
        record.appendInteger(0, bytes: 4)
        record.appendInteger(Int64(content.retry.attempts ?? 0), bytes: 2)
        record.appendInteger(0, bytes: 6)
        switch content.due {
        case .after(let milliseconds), .at(let milliseconds): record.appendInteger(milliseconds, bytes: 6)
        }
        record.appendInteger(0, bytes: 7)
        record.append(contentsOf: "000000".utf8)
        record.appendInteger(Int64(fields.count), bytes: 2)
        record.append(contentsOf: fields)
        if isBig {
            record.appendInteger(Int64(content.payload.count), bytes: 4)
        } else {
            record.append(contentsOf: content.payload)
        }
        self.init(id: id, record: record, unique: content.unique, bigPayload: isBig ? content.payload : nil)
    }

    private static func fields(_ content: Content, hasOptions: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        let name = content.name.utf8.prefix(255)
        bytes.append(UInt8(name.count))
        bytes.append(contentsOf: name)
        if hasOptions {
            bytes.appendInteger(content.expiresAfterMilliseconds, bytes: 6)
            bytes.appendInteger(content.timeoutMilliseconds, bytes: 5)
            bytes.appendInteger(content.keepMilliseconds, bytes: 5)
            bytes.appendInteger(content.windowMilliseconds, bytes: 5)
        }
        if let unique = content.unique { bytes.appendField("u", Array(unique.key.utf8)) }
        if content.retry.needsText { bytes.appendField("r", Array(content.retry.recordText.utf8)) }
        if let id = content.sealedFor { bytes.appendField("i", Array(id.description.utf8)) }
        if !content.tags.isEmpty { bytes.appendField("t", TextPairs.encode(content.tags)) }
        if !content.traceContext.isEmpty { bytes.appendField("c", TextPairs.encode(content.traceContext)) }
        return bytes
    }
}

extension [UInt8] {
    /// Appends the low bytes of a number, the highest first.
    fileprivate mutating func appendInteger(_ value: Int64, bytes count: Int) {
        for shift in (0..<count).reversed() { append(UInt8(truncatingIfNeeded: value >> Int64(shift * 8))) }
    }

    /// Appends a tagged field.
    fileprivate mutating func appendField(_ tag: Unicode.Scalar, _ value: [UInt8]) {
        append(UInt8(ascii: tag))
        appendInteger(Int64(value.count), bytes: 2)
        append(contentsOf: value)
    }
}
