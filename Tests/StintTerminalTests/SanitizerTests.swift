// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct SanitizerTests {
    @Test(
        "What a terminal could obey becomes visible",
        arguments: [
            ("\u{1B}[2J", "\\u{1b}[2J"), ("a\u{7F}b", "a\\u{7f}b"), ("a\u{9B}31m", "a\\u{9b}31m"),
            ("a\0b", "a\\u{0}b"), ("a\rb", "a\\u{d}b"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("a\tb", "a\\u{9}b"),
            ("x\u{202E}y", "x\\u{202e}y"), ("x\u{2066}y", "x\\u{2066}y"), ("x\u{200B}y", "x\\u{200b}y"),
            ("x\u{200D}y", "x\\u{200d}y"), ("x\u{FEFF}y", "x\\u{feff}y"), ("x\u{E0041}y", "x\\u{e0041}y"),
            ("x\u{2028}y", "x\\u{2028}y"), ("x\u{3164}y", "x\\u{3164}y"), ("武汉 é 👍", "武汉 é 👍"),
        ])
    func visible(text: String, expected: String) {
        #expect(Sanitizer.visible(text) == expected)
        #expect(Sanitizer.visible(bytes: Array(text.utf8)) == expected)
    }

    @Test(
        "Each byte that is no UTF-8 is named",
        arguments: [
            ([0xFF], "\\xff"), ([0x61, 0xC3], "a\\xc3"), ([0xC0, 0xAF], "\\xc0\\xaf"),
            ([0xE2, 0x82, 0x61], "\\xe2\\x82a"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
            ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"), ([0xF0, 0x9F, 0x91], "\\xf0\\x9f\\x91"),
            ([0x9B, 0x33, 0x31], "\\x9b31"),
        ] as [([UInt8], String)])
    func invalid(bytes: [UInt8], expected: String) {
        #expect(Sanitizer.visible(bytes: bytes) == expected)
    }

    @Test("In a block line feeds stay and tabs become spaces")
    func block() {
        #expect(Sanitizer.visible("a\tb\nc\u{1B}", layout: .block) == "a    b\nc\\u{1b}")
        #expect(Sanitizer.visible("a\r\nb", layout: .block) == "a\\u{d}\nb")
    }

    @Test("A tower of combining marks is cut down")
    func marks() {
        let tower = "a" + String(repeating: "\u{301}", count: 10)
        #expect(
            Sanitizer.visible(tower) == "a" + String(repeating: "\u{301}", count: 6)
                + String(repeating: "\\u{301}", count: 4))
    }

    @Test("No sequence of random bytes leaves anything unsafe, as text or as JSON")
    func random() {
        var state: UInt64 = 7
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<24 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 56))
            }
            #expect(Sanitizer.visible(bytes: bytes).unicodeScalars.allSatisfy { Sanitizer.isSafe($0) })
            let line = JSONValue.object(JSONValue.members("payload", bytes: bytes)).text
            #expect(line.unicodeScalars.allSatisfy { Sanitizer.isSafe($0) })
            #expect((try? JSONText(line.utf8)) != nil)
        }
    }
}
