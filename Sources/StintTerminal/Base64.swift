// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes bytes as Base64 (RFC 4648, with padding).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Returns the bytes as Base64 text.
    package static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            var value: UInt32 = 0
            for index in 0..<3 {
                value = value << 8 | (index < chunk.count ? UInt32(chunk[start + index]) : 0)
            }
            for index in 0..<4 {
                let symbol = alphabet[Int(value >> UInt32(18 - 6 * index) & 63)]
                result.append(index <= chunk.count ? symbol : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
