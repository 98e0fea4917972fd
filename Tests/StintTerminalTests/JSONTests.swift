// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct JSONTests {
    @Test("Integers keep all their digits")
    func integers() throws {
        #expect(JSONValue.integer(.max).text == "9223372036854775807")
        #expect(JSONValue.unsigned(.max).text == "18446744073709551615")
        #expect(
            try JSONText("{\"ids\" : [4217, 9007199254740993, 1e400]}".utf8).text
                == "{\"ids\":[4217,9007199254740993,1e400]}")
    }

    @Test("Members keep their order, numbers are finite")
    func values() {
        let value = JSONValue.object([
            .init("b", .number(361.2)), .init("a", .array([.null, .bool(true), .number(.nan), .number(3)])),
        ])
        #expect(value.text == "{\"b\":361.2,\"a\":[null,true,null,3]}")
    }

    @Test("Strings hold nothing that a terminal obeys")
    func strings() throws {
        #expect(
            JSONValue.string("a\"\\\n\u{1B}[2J\u{9B}\u{202E}武👍").text
                == "\"a\\\"\\\\\\n\\u001b[2J\\u009b\\u202e武👍\"")
        #expect(JSONValue.string("\u{E0041}").text == "\"\\udb40\\udc41\"")
        #expect(try JSONText("\"\u{9B}\u{202E}\"".utf8).text == "\"\\u009b\\u202e\"")
    }

    @Test("Bytes are told as JSON, as text, or as Base64")
    func bytes() {
        #expect(JSONValue.members("payload", bytes: Array("{\"w\": 10}".utf8)).map(\.name) == ["payload"])
        #expect(
            JSONValue.object(JSONValue.members("payload", bytes: Array("hi".utf8))).text
                == "{\"payload_text\":\"hi\"}")
        #expect(
            JSONValue.object(JSONValue.members("payload", bytes: [0xFF, 0xFE, 0x00, 0x01])).text
                == "{\"payload_base64\":\"//4AAQ==\"}")
        #expect(Base64.encode(Array("ab".utf8)) == "YWI=")
        #expect(Base64.encode(Array("abc".utf8)) == "YWJj")
    }

    @Test(
        "What is no JSON is refused with its place",
        arguments: [
            ("{\"w\":10", 7, "unexpected end"), ("", 0, "unexpected end"),
            ("{\"w\" 10}", 5, "expected ':' after the key"),
            ("[1,]", 3, "unexpected ']'"), ("[1 2]", 3, "expected ',' or the end of the array"),
            ("01", 1, "a number cannot begin with 0"), ("1 2", 2, "unexpected text after the value"),
            ("\"a\nb\"", 2, "a control character inside a string must be escaped"), ("nul", 0, "expected 'null'"),
            ("{,}", 1, "expected a key in double quotes"), ("\"\\x\"", 2, "unknown escape in a string"),
            ("[1}", 2, "expected ',' or the end of the array"), ("-", 1, "unexpected end"),
            ("'a'", 0, "unexpected '''"),
        ] as [(String, Int, String)])
    func refused(text: String, offset: Int, reason: String) {
        #expect(throws: JSONSyntaxError(reason: reason, offset: offset)) { try JSONText(text.utf8) }
    }

    @Test("Deep nesting is refused, not a crash")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONSyntaxError(reason: "nested deeper than 512", offset: 512)) { try JSONText(deep.utf8) }
    }
}
