// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// Makes payloads of what terminals, decoders and C strings stumble over; the same ones for the same seed.
struct HostileBytes {
    private static let fragments: [[UInt8]] = [
        [0], [0xFF, 0xFE], [0xC3, 0x28], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0x1B], [0x9B], [13, 10],
        Array("\u{1F4A3}".utf8), Array("\u{1B}]0;owned\u{7}".utf8), Array("\u{1B}[2J\u{1B}[31m".utf8),
        Array("\u{1B}]8;;http://x\u{1B}\\".utf8), Array("\u{9D}0;t\u{9C}".utf8), Array("\u{202E}abc\u{2066}".utf8),
        Array("{\"a\":\"\\u001b[2J\",".utf8), Array("<script>alert(1)</script>".utf8), Array("\t\u{8}\u{7F}".utf8),
        Array("$5\r\nab\r\n".utf8), Array("plain".utf8), Array("\u{85}\u{2028}".utf8),
    ]

    private let random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// So many random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            var number = random.next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: number))
                number >>= 8
            }
        }
        return Array(bytes.prefix(count))
    }

    /// The next payload: up to some kilobytes, shorter and longer than a record takes.
    mutating func next() -> [UInt8] {
        var payload: [UInt8] = []
        for _ in 0..<Int(random.next() % 40) {
            if random.next() % 4 == 0 {
                payload += bytes(Int(random.next() % 120))
            } else {
                payload += Self.fragments[Int(random.next() % UInt64(Self.fragments.count))]
            }
        }
        return payload
    }
}
