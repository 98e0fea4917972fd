// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Names a job within its queue.
///
/// Ids that Stint makes have 26 characters of Crockford's base 32 (digits and capital letters without I, L, O, U):
/// 10 for the time in milliseconds, so that ids sort by age, 4 that are derived from the queue's name, so that the
/// queue can be found from the id, and 12 random ones (60 bits).
public struct JobID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The id's text.
    public let description: String

    /// Accepts an id of the caller's own: 1 to 64 characters of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-`.
    ///
    /// - Throws: ``StintError`` with code `invalidInput`.
    public init(_ text: String) throws(StintError) {
        let isValid = !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy(Self.isAllowed)
        guard isValid else {
            throw StintError(.invalidInput, "A job id has 1 to 64 characters of A–Z, a–z, 0–9, '.', '_' and '-'.")
        }
        description = text
    }

    package init(unchecked text: String) { description = text }

    /// Reads an id as ``init(_:)`` does.
    public init(from decoder: any Decoder) throws {
        try self.init(String(from: decoder))
    }

    /// Writes the id as a string.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }

    /// Orders by text, which for ids that Stint made is by age.
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension JobID {
    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Makes a new id for a job of the queue.
    package static func make(queue: String, milliseconds: UInt64, random: UInt64) -> JobID {
        var text = [UInt8](repeating: 0, count: 26)
        write(milliseconds, into: &text, from: 0, count: 10)
        write(queueMark(queue), into: &text, from: 10, count: 4)
        write(random, into: &text, from: 14, count: 12)
        return JobID(unchecked: String(decoding: text, as: UTF8.self))
    }

    /// Whether Stint may have made this id for a job of the queue; true for one in a million other queues as well.
    package func mayBelong(to queue: String) -> Bool {
        let text = Array(description.utf8)
        guard text.count == 26 else { return false }
        var mark = [UInt8](repeating: 0, count: 4)
        Self.write(Self.queueMark(queue), into: &mark, from: 0, count: 4)
        return Array(text[10..<14]) == mark
    }

    /// The low 20 bits of the FNV-1a hash of the queue's name.
    private static func queueMark(_ queue: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in queue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return (hash ^ (hash >> 20) ^ (hash >> 40)) & 0xf_ffff
    }

    private static func write(_ value: UInt64, into text: inout [UInt8], from start: Int, count: Int) {
        var rest = value
        for index in (start..<start + count).reversed() {
            text[index] = alphabet[Int(rest & 31)]
            rest >>= 5
        }
    }
}
