// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct ReplyReaderTests {
    private func read(
        _ text: String,
        pieceBytes: Int = .max,
        limits: ReplyReader.Limits = .init()
    ) throws -> [RedisValue] {
        let reader = try ReplyReader(limits: limits)
        var replies: [RedisValue] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieceBytes)
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { bytes in
                try reader.read(bytes) { replies.append($0) }
            }
        }
        return replies
    }

    private static let stream = """
        +OK\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n-NOSCRIPT No matching script.\r\n\
        *3\r\n*2\r\n:1\r\n$1\r\na\r\n*0\r\n*1\r\n*1\r\n-ERR inner\r\n:9223372036854775807\r\n
        """

    private static let replies: [RedisValue] = [
        .status(Array("OK".utf8)), .integer(-42), .text("he\r\no"), .null, .null, .text(""), .array([]),
        .error(RedisServerError(code: "NOSCRIPT", message: "No matching script.")),
        .array([
            .array([.integer(1), .text("a")]), .array([]),
            .array([.array([.error(RedisServerError(code: "ERR", message: "inner"))])]),
        ]),
        .integer(.max),
    ]

    @Test("Every kind of reply is read, also nested, empty and null")
    func allKinds() throws {
        #expect(try read(Self.stream) == Self.replies)
    }

    @Test("A stream may be cut anywhere", arguments: 1...Self.stream.utf8.count)
    func fragments(pieceBytes: Int) throws {
        #expect(try read(Self.stream, pieceBytes: pieceBytes) == Self.replies)
    }

    @Test("A large bulk string arrives whole")
    func largeBulk() throws {
        let text = String(repeating: "0123456789abcdef", count: 300_000)
        let stream = "$\(text.utf8.count)\r\n\(text)\r\n+OK\r\n"
        #expect(try read(stream, pieceBytes: 65_536) == [.text(text), .status(Array("OK".utf8))])
    }

    @Test("Eight levels of arrays are read, the ninth is a violation")
    func depth() throws {
        let eight = String(repeating: "*1\r\n", count: 8) + ":1\r\n"
        let value = (0..<8).reduce(RedisValue.integer(1)) { value, _ in .array([value]) }
        #expect(try read(eight) == [value])
        #expect(throws: ReplyReader.Violation.self) { try read("*1\r\n" + eight) }
    }

    @Test(
        "What no Redis sends is a violation, not a crash",
        arguments: [
            "?\r\n", "HTTP/1.1 400 Bad Request\r\n", ":12a\r\n", ":\r\n", "$a\r\n", "$-2\r\n", "*-2\r\n", "*x\r\n",
            "$99999999999999999999999\r\n", "$9223372036854775807\r\n", "$536870913\r\n", "*2147483648\r\n",
            "*2147483647\r\n", "*4194305\r\n", "*9223372036854775807\r\n", "*3\r\n*4194304\r\n",
            "%1\r\n+a\r\n+b\r\n", "$536870913", "\0\0\0\0", "$0000000000000000000000000000000",
        ])
    func hostile(text: String) {
        #expect(throws: ReplyReader.Violation.self) { try read(text) }
        #expect(throws: ReplyReader.Violation.self) { try read(text, pieceBytes: 1) }
    }

    @Test("A line without an end is a violation once it is too long")
    func endlessLine() {
        let limits = ReplyReader.Limits(bulkBytes: 100, elements: 10, lineBytes: 50)
        #expect(throws: ReplyReader.Violation.self) {
            try read("+" + String(repeating: "x", count: 60), limits: limits)
        }
        #expect(throws: ReplyReader.Violation.self) { try read("$101\r\n", limits: limits) }
        #expect(throws: ReplyReader.Violation.self) { try read("*11\r\n", limits: limits) }
    }

    @Test("Limits hold for each reply, not for the stream")
    func limitsPerReply() throws {
        let limits = ReplyReader.Limits(bulkBytes: 100, elements: 4, lineBytes: 50)
        let stream = String(repeating: "*2\r\n:1\r\n*2\r\n:1\r\n:2\r\n", count: 20)
        #expect(try read(stream, limits: limits).count == 20)
    }

    @Test("Replies before a violation are delivered, and nothing after it")
    func afterViolation() throws {
        let reader = try ReplyReader()
        var replies: [RedisValue] = []
        for _ in 0..<2 {
            #expect(throws: ReplyReader.Violation.self) {
                try Array("+OK\r\n?\r\n+OK\r\n".utf8).withUnsafeBytes { bytes in
                    try reader.read(bytes) { replies.append($0) }
                }
            }
        }
        #expect(replies == [.status(Array("OK".utf8))])
    }

    @Test("Bytes that are not UTF-8 stay as they are and are repaired for people")
    func notText() throws {
        let reader = try ReplyReader()
        var replies: [RedisValue] = []
        try (Array("$2\r\n".utf8) + [0xff, 0x41] + Array("\r\n".utf8)).withUnsafeBytes { bytes in
            try reader.read(bytes) { replies.append($0) }
        }
        #expect(replies == [.bytes([0xff, 0x41])])
        #expect(replies.first?.string == "\u{fffd}A")
    }
}
