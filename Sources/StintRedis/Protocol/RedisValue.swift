// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A reply of Redis (RESP2).
package enum RedisValue: Sendable, Hashable {
    /// A null bulk string or a null array.
    case null
    case integer(Int64)
    /// A status such as `OK`.
    case status([UInt8])
    case bytes([UInt8])
    case array([RedisValue])
    /// An error inside an array. An error that is the whole reply comes as ``RedisFailure/server(_:)``.
    case error(RedisServerError)
}

extension RedisValue {
    /// Whether Redis replied with null.
    package var isNull: Bool {
        self == .null
    }

    /// Whether the reply is the status `OK`.
    package var isOK: Bool {
        self == .status([UInt8]("OK".utf8))
    }

    /// The number of an integer reply, or of a text that is one.
    package var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes(let bytes), .status(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .null, .array, .error: nil
        }
    }

    /// The number of a text such as a score, or of an integer reply.
    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .bytes(let bytes), .status(let bytes): Double(String(decoding: bytes, as: UTF8.self))
        case .null, .array, .error: nil
        }
    }

    /// The bytes of a bulk string or a status.
    package var bytesValue: [UInt8]? {
        switch self {
        case .bytes(let bytes), .status(let bytes): bytes
        case .null, .integer, .array, .error: nil
        }
    }

    /// The elements of an array.
    package var arrayValue: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The error, where this is one.
    package var errorValue: RedisServerError? {
        guard case .error(let error) = self else { return nil }
        return error
    }

    /// The text of a bulk string, a status or a number; bytes that are not UTF-8 are repaired.
    package var string: String? {
        switch self {
        case .bytes(let bytes), .status(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        case .null, .array, .error: nil
        }
    }

    /// Makes a bulk string of a text.
    package static func text(_ text: String) -> RedisValue {
        .bytes([UInt8](text.utf8))
    }
}
