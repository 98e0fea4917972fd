// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct TextWidthTests {
    @Test(
        "Each text takes the columns that a terminal gives it",
        arguments: [
            ("", 0), ("abc", 3), ("né", 2), ("e\u{301}", 1), ("武汉", 4), ("ｱ", 1), ("Ａ", 2), ("한국", 4),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👍🏽", 2), ("🇨🇳", 2), ("✓ ✗ ▶ ◌ ‖ ⚑", 11), ("▕█▏", 3),
        ] as [(String, Int)])
    func columns(text: String, expected: Int) {
        #expect(TextWidth.columns(of: text) == expected)
    }

    @Test("A cut text never exceeds its width, and a wide character is not cut in half")
    func cut() {
        #expect(TextWidth.cut("abcdef", to: 6) == "abcdef")
        #expect(TextWidth.cut("abcdef", to: 4) == "abc…")
        #expect(TextWidth.cut("abcdef", to: 4, ellipsis: "~") == "abc~")
        #expect(TextWidth.cut("武汉长江", to: 4) == "武…")
        #expect(TextWidth.cut("abc", to: 0) == "")
        for width in 0..<12 {
            for text in ["武汉 e\u{301}xyz 👍🏽 ok", "plain text here"] {
                #expect(TextWidth.columns(of: TextWidth.cut(text, to: width)) <= width)
            }
        }
    }

    @Test("Padding counts columns, not characters")
    func pad() {
        #expect(TextWidth.pad("武", to: 4) == "武  ")
        #expect(TextWidth.pad("7", to: 3, .right) == "  7")
        #expect(TextWidth.pad("long", to: 2) == "long")
    }
}
