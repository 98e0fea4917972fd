// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A record whose bytes contradict themselves.
package struct CorruptRecord: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let description: String

    init(_ description: String) { self.description = description }
}

extension JobRecord {
    /// Decodes a record.
    package init(_ bytes: [UInt8]) throws(CorruptRecord) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == 1 else { throw CorruptRecord("the record has an unknown format") }
        guard let state = JobState(recordCode: try reader.byte()) else {
            throw CorruptRecord("the record names an unknown state")
        }
        let place = Int(try reader.byte()) - 48
        guard (0..<16).contains(place), let priority = JobPriority(rawValue: place % 4) else {
            throw CorruptRecord("the record names an unknown list")
        }
        let low = UInt16(try reader.byte())
        let flags = JobRecordFlags(rawValue: low | UInt16(try reader.byte()) << 8)
        self.state = state
        list = place / 4
        self.priority = priority
        self.flags = flags
        attempt = Int(try reader.integer(bytes: 2))
        crashes = Int(try reader.byte())
        returns = Int(try reader.byte())
        maxAttempts = Int(try reader.integer(bytes: 2))
        enqueuedMilliseconds = try reader.integer(bytes: 6)
        atMilliseconds = try reader.integer(bytes: 6)
        fence = try reader.integer(bytes: 7)
        node = String(decoding: try reader.take(6), as: UTF8.self)
        var fields = try reader.part(Int(try reader.integer(bytes: 2)))
        name = String(decoding: try fields.take(Int(try fields.byte())), as: UTF8.self)
        if flags.contains(.hasOptions) {
            expiresMilliseconds = try fields.integer(bytes: 6)
            timeoutMilliseconds = try fields.integer(bytes: 5)
            keepMilliseconds = try fields.integer(bytes: 5)
            windowMilliseconds = try fields.integer(bytes: 5)
        }
        while !fields.isAtEnd {
            let tag = try fields.byte()
            let value = try fields.take(Int(try fields.integer(bytes: 2)))
            try setField(tag, value)
        }
        if flags.contains(.bigPayload) {
            bigPayloadLength = Int(try reader.integer(bytes: 4))
        } else {
            payload = reader.rest
        }
    }

    /// Takes over a tagged field; one that this release does not know is left out.
    private mutating func setField(_ tag: UInt8, _ value: ArraySlice<UInt8>) throws(CorruptRecord) {
        switch tag {
        case UInt8(ascii: "u"): uniqueKey = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "r"): retryPolicy = RetryPolicy(recordText: String(decoding: value, as: UTF8.self))
        case UInt8(ascii: "t"): tags = try TextPairs.decode(value)
        case UInt8(ascii: "c"): traceContext = try TextPairs.decode(value)
        case UInt8(ascii: "m"): reason = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "s"):
            var reader = RecordReader(value)
            startedMilliseconds = try reader.integer(bytes: 6)
        case UInt8(ascii: "e"):
            var reader = RecordReader(value)
            revivedMilliseconds = try reader.integer(bytes: 6)
        case UInt8(ascii: "v"): result = Array(value)
        default: break
        }
    }
}

extension JobState {
    /// Reads the state's letter in a record.
    package init?(recordCode: UInt8) {
        switch recordCode {
        case UInt8(ascii: "d"): self = .delayed
        case UInt8(ascii: "r"): self = .ready
        case UInt8(ascii: "n"): self = .running
        case UInt8(ascii: "c"): self = .completed
        case UInt8(ascii: "x"): self = .dead
        case UInt8(ascii: "k"): self = .cancelled
        default: return nil
        }
    }

    /// The state's letter in a record.
    package var recordCode: UInt8 {
        switch self {
        case .delayed: UInt8(ascii: "d")
        case .ready: UInt8(ascii: "r")
        case .running: UInt8(ascii: "n")
        case .completed: UInt8(ascii: "c")
        case .dead: UInt8(ascii: "x")
        case .cancelled: UInt8(ascii: "k")
        }
    }
}

/// Reads big-endian numbers and runs of bytes, and says so where they end too early.
struct RecordReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    init(_ bytes: ArraySlice<UInt8>) { self.init(Array(bytes)) }

    private init(_ bytes: [UInt8], from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var isAtEnd: Bool { position == end }

    /// What was not read yet.
    var rest: [UInt8] { Array(bytes[position..<end]) }

    mutating func byte() throws(CorruptRecord) -> UInt8 {
        let start = try skip(1)
        return bytes[start]
    }

    /// Reads an unsigned number of at most seven bytes.
    mutating func integer(bytes count: Int) throws(CorruptRecord) -> Int64 {
        let start = try skip(count)
        var value: Int64 = 0
        for index in start..<start + count { value = value << 8 | Int64(bytes[index]) }
        return value
    }

    mutating func take(_ count: Int) throws(CorruptRecord) -> ArraySlice<UInt8> {
        let start = try skip(count)
        return bytes[start..<start + count]
    }

    /// Goes past so many bytes and returns a reader of them alone.
    mutating func part(_ count: Int) throws(CorruptRecord) -> RecordReader {
        let start = try skip(count)
        return RecordReader(bytes, from: start, to: start + count)
    }

    /// Goes past so many bytes and returns where they begin.
    private mutating func skip(_ count: Int) throws(CorruptRecord) -> Int {
        guard count <= end - position else { throw CorruptRecord("the record ends too early") }
        defer { position += count }
        return position
    }
}
