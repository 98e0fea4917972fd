// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The form of tags and trace context in a record: for each pair a length byte and the key, two length bytes and the
/// value, ordered by key so that equal pairs have equal bytes.
enum TextPairs {
    /// Keys over 255 bytes and values over 65,535 are left out; callers check their limits before.
    static func encode(_ pairs: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            guard let keyLength = UInt8(exactly: key.utf8.count), let length = UInt16(exactly: value.utf8.count) else {
                continue
            }
            bytes.append(keyLength)
            bytes.append(contentsOf: key.utf8)
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xff))
            bytes.append(contentsOf: value.utf8)
        }
        return bytes
    }

    static func decode(_ bytes: ArraySlice<UInt8>) throws(CorruptRecord) -> [String: String] {
        var reader = RecordReader(bytes)
        var pairs: [String: String] = [:]
        while !reader.isAtEnd {
            let key = String(decoding: try reader.take(Int(try reader.byte())), as: UTF8.self)
            pairs[key] = String(decoding: try reader.take(Int(try reader.integer(bytes: 2))), as: UTF8.self)
        }
        return pairs
    }
}
