// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct JSONOutlineTests {
    private static let good = [
        "0", "-0", "-1.5e+10", "1E-3", "true", "false", "null", "\"\"", "\"a\\n\\u00e9\\\"\"", "[]", "{}", "[[],{}]",
        "[1, 2 ,3]", " {\"a\" : [1,{\"b\":null}] , \"c\":\"\"} ", "\"\u{7F}é\"", "\t1\n",
    ]
    private static let bad = [
        "", " ", "01", "-", "1.", ".5", "1e", "+1", "tru", "truex", "nul", "\"", "\"a", "\"\\x\"", "\"\\u12g4\"", "[",
        "]",
        "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}", "{1:2}", "1 2", "{} {}", "\"a\nb\"", "[1}", "{\"a\":1]", "[{]}",
    ]

    @Test("It takes what the strict reader takes", arguments: good)
    func accepts(text: String) throws {
        _ = try JSONText(Array(text.utf8))
        let outline = try #require(JSONOutline(Array(text.utf8)[...]))
        #expect(String(decoding: outline.value, as: UTF8.self) == text.filter { !$0.isNewline && $0 != "\t" }.trimmed)
        #expect((outline.members != nil) == text.trimmed.hasPrefix("{"))
    }

    @Test("It refuses what the strict reader refuses", arguments: bad)
    func refuses(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONText(Array(text.utf8)) }
        #expect(JSONOutline(Array(text.utf8)[...]) == nil)
    }

    @Test("Broken UTF-8 and nesting without end are refused")
    func hostile() {
        #expect(JSONOutline([0x22, 0xff, 0x22][...]) == nil)
        let deep = Array(repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(JSONOutline(deep[...]) == nil)
        let nested = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSONOutline(nested(500)[...]) != nil)
        #expect(JSONOutline(nested(600)[...]) == nil)
    }

    @Test("Members are cut out byte for byte, wherever the object stands in its bytes")
    func members() throws {
        let bytes = Array(#"xx {"a": {"n": 9007199254740993 }, "b\"" :"\u001b", "a":1}"#.utf8)
        let members = try #require(JSONOutline(bytes[2...])?.members)
        #expect(members.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b\\\"", "a"])
        #expect(
            members.map { String(decoding: $0.value, as: UTF8.self) }
                == [#"{"n": 9007199254740993 }"#, #""\u001b""#, "1"])
        #expect(members[0].value.startIndex == 9)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
