// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A job that is about to be enqueued: an entry of the `enqueue` script.
package struct NewJob: Sendable, Hashable {
    /// The job's id.
    package let id: JobID
    /// The first 39 bytes of the record, its times still relative where its flags say so: most jobs of a call share them.
    package let head: [UInt8]
    /// The record from there on.
    package let rest: [UInt8]
    /// The unique key and what to do when it is taken.
    package let unique: UniqueKey?
    /// The payload, if it is too long for the record.
    package let bigPayload: [UInt8]?

    /// What the entry adds to a call, roughly.
    package var byteCount: Int {
        Self.headLength + rest.count + (bigPayload?.count ?? 0) + (unique?.key.utf8.count ?? 0) + 32
    }

    /// How long a head is: up to the length of the job's name.
    private static let headLength = 39

    /// The arguments of a call that enqueues the jobs in their order: those that follow each other with the same head share
    /// it.
    package static func arguments(of jobs: some Collection<NewJob>) -> [[UInt8]] {
        var arguments: [[UInt8]] = []
        arguments.reserveCapacity(2 + 2 * jobs.count)
        var head: [UInt8]?
        var (countAt, count) = (0, 0)
        for job in jobs {
            if job.head == head {
                count += 1
            } else {
                if head != nil { arguments[countAt] = Array("\(count)".utf8) }
                head = job.head
                (countAt, count) = (arguments.count + 1, 1)
                arguments.append(job.head)
                arguments.append([])
            }
            job.append(to: &arguments)
        }
        if head != nil { arguments[countAt] = Array("\(count)".utf8) }
        return arguments
    }

    private func append(to arguments: inout [[UInt8]]) {
        arguments.append(Array(id.description.utf8))
        arguments.append(rest)
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

        var rest: [UInt8] = []
        rest.reserveCapacity(content.name.utf8.count + 64 + (isBig ? 4 : content.payload.count))
        Self.appendFields(of: content, hasOptions: hasOptions, to: &rest)
        // The length of the name is the last byte of the head.
        let fields = rest.count + 1
        guard fields <= 65_535 else { return nil }
        if isBig {
            rest.appendInteger(Int64(content.payload.count), bytes: 4)
        } else {
            rest.append(contentsOf: content.payload)
        }
        var head: [UInt8] = []
        head.reserveCapacity(Self.headLength)
        head.append(1)
        head.append(UInt8(ascii: "d"))
        head.append(UInt8(48 + content.priority.rawValue * 4 + content.priority.rawValue))
        head.append(UInt8(flags.rawValue & 0xff))
        head.append(UInt8(flags.rawValue >> 8))
        head.appendInteger(0, bytes: 4)
        head.appendInteger(Int64(content.retry.attempts ?? 0), bytes: 2)
        head.appendInteger(0, bytes: 6)
        switch content.due {
        case .after(let milliseconds), .at(let milliseconds): head.appendInteger(milliseconds, bytes: 6)
        }
        head.appendInteger(0, bytes: 7)
        head.append(contentsOf: "000000".utf8)
        head.appendInteger(Int64(fields), bytes: 2)
        head.append(UInt8(min(content.name.utf8.count, 255)))
        self.init(
            id: id, head: head, rest: rest, unique: content.unique, bigPayload: isBig ? content.payload : nil)
    }

    /// Appends the name and all that goes before the payload.
    private static func appendFields(of content: Content, hasOptions: Bool, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: content.name.utf8.prefix(255))
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
