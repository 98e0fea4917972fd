// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Which of the 16,384 parts of a cluster a key is in.
///
/// Redis calls them slots; Stint's own slots, the rights to run a job, are something else.
package enum HashSlot {
    /// How many there are.
    package static let count = 16_384

    /// Returns the slot of a key: of what stands between its first `{` and the next `}`, if that is not empty.
    package static func of(_ key: some Collection<UInt8>) -> Int {
        var part = key[...]
        if let open = key.firstIndex(of: UInt8(ascii: "{")) {
            let rest = key[key.index(after: open)...]
            if let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex { part = rest[..<close] }
        }
        var checksum: UInt16 = 0
        for byte in part {
            checksum = checksum << 8 ^ table[Int(UInt8(truncatingIfNeeded: checksum >> 8) ^ byte)]
        }
        return Int(checksum) & (count - 1)
    }

    /// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, beginning with 0.
    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { value, _ in
            value & 0x8000 == 0 ? value << 1 : value << 1 ^ 0x1021
        }
    }
}
