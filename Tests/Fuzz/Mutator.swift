// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Damages replies in the ways that matter to a reader.
enum Mutator {
    /// What a peer may announce or say, well formed or not, of RESP2 and RESP3.
    private static let fragments: [String] = [
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "$2147483647\r\n", "$4294967296\r\n",
        "$-9223372036854775808\r\n",
        "$9223372036854775807\r\n", "$18446744073709551616\r\n", "*2147483647\r\n", "*4294967297\r\n", "*-2\r\n",
        "*9223372036854775807\r\n", "*1048576\r\n", "$-2\r\n", ":\r\n", ":-\r\n", ":9223372036854775808\r\n",
        ":1e5\r\n",
        "\r\n", "\n", "\r", "+", "-", "$", "*", "$\r\n", "*\r\n", "$0\r\n", "$00000000000000000000000001\r\n", "\0",
        "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "~2\r\n:1\r\n:2\r\n", "#t\r\n", "#f\r\n", "_\r\n", ",1.5\r\n", ",inf\r\n",
        "(3492890328409238509324850943850943825024385\r\n", "=7\r\ntxt:abc\r\n", "!9\r\nERR inner\r\n",
        ">2\r\n+push\r\n:1\r\n",
        "|1\r\n+ttl\r\n:3600\r\n", "$?\r\n;4\r\nabcd\r\n;0\r\n", "*?\r\n:1\r\n.\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
    ]

    /// Returns the bytes with some damage.
    static func damage(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &dice) {
            let at = Int.random(in: 0...bytes.count, using: &dice)
            switch Int.random(in: 0..<7, using: &dice) {
            case 0 where at < bytes.count:
                bytes[at] = UInt8.random(in: 0...255, using: &dice)
            case 1 where at < bytes.count:
                bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            case 2:
                bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...20, using: &dice)))
            case 3:
                bytes.insert(contentsOf: dice.bytes(Int.random(in: 1...12, using: &dice)), at: at)
            case 4:
                let from = Int.random(in: 0...bytes.count, using: &dice)
                let copied = Array(bytes[from..<min(bytes.count, from + 64)])
                bytes.insert(contentsOf: copied, at: at)
            case 5:
                bytes.insert(contentsOf: [UInt8](repeating: UInt8(ascii: "0") + UInt8(at % 10), count: at % 30), at: at)
            default:
                bytes.insert(contentsOf: fragments.randomElement(using: &dice).map { Array($0.utf8) } ?? [], at: at)
            }
        }
        return bytes
    }
}
