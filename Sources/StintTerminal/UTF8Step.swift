// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What the first bytes of a buffer are: a whole scalar, or a byte that cannot begin or go on with one.
///
/// Strict by the table of well-formed sequences in the Unicode standard: no overlong forms, no surrogates.
enum UTF8Step: Equatable {
    case scalar(Unicode.Scalar, length: Int)
    case invalid

    /// Looks at the start of `bytes`; `nil` means that more bytes are needed (or that there are none).
    init?(_ bytes: some RandomAccessCollection<UInt8>) {
        guard let first = bytes.first else { return nil }
        if first < 0x80 {
            self = .scalar(Unicode.Scalar(first), length: 1)
            return
        }
        let length: Int
        var value: UInt32
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF:
            (length, value) = (3, UInt32(first & 0x0F))
            if first == 0xE0 { second = 0xA0...0xBF }
            if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            (length, value) = (4, UInt32(first & 0x07))
            if first == 0xF0 { second = 0x90...0xBF }
            if first == 0xF4 { second = 0x80...0x8F }
        default:
            self = .invalid
            return
        }
        var seen = 1
        for byte in bytes.dropFirst().prefix(length - 1) {
            guard (seen == 1 ? second : 0x80...0xBF).contains(byte) else {
                self = .invalid
                return
            }
            value = value << 6 | UInt32(byte & 0x3F)
            seen += 1
        }
        guard seen == length else { return nil }
        self = Unicode.Scalar(value).map { .scalar($0, length: length) } ?? .invalid
    }
}
