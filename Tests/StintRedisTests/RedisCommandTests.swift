// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@Suite struct RedisCommandTests {
    @Test("A command of texts is encoded as an array of bulk strings")
    func texts() {
        let command = RedisCommand("SET", "key", "värde")
        #expect(String(decoding: command.bytes, as: UTF8.self) == "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$6\r\nvärde\r\n")
        #expect(command.name == "SET")
    }

    @Test("A command without arguments has one element")
    func alone() {
        #expect(RedisCommand("PING").bytes == Array("*1\r\n$4\r\nPING\r\n".utf8))
    }

    @Test("Bytes go through verbatim, line ends, zeros and nothing included")
    func bytes() {
        let command = RedisCommand("X", [[13, 10, 0, 255], []])
        #expect(
            command.bytes == Array("*3\r\n$1\r\nX\r\n$4\r\n".utf8) + [13, 10, 0, 255] + Array("\r\n$0\r\n\r\n".utf8))
    }

    @Test("Numbers and long arguments carry their length in digits")
    func numbers() {
        let long = String(repeating: "x", count: 1_234)
        let command = RedisCommand("N", count: 12) { encoder in
            encoder.append(Int64.min)
            for _ in 0..<10 { encoder.append(0) }
            encoder.append(long)
        }
        let expected =
            "*13\r\n$1\r\nN\r\n$20\r\n-9223372036854775808\r\n" + String(repeating: "$1\r\n0\r\n", count: 10)
            + "$1234\r\n\(long)\r\n"
        #expect(String(decoding: command.bytes, as: UTF8.self) == expected)
    }
}
