// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct TableTests {
    private let table = Table(
        columns: [
            .init("QUEUE"), .init("READY", alignment: .right), .init("NOTE", minimumWidth: 6, isFlexible: true),
        ],
        rows: [["default", "184 302", ""], ["mail", "2 048", "rate 80/s and more words"], ["武汉", "1", "x\u{1B}[2J"]])

    @Test("Columns are aligned by what is seen and nothing trails")
    func aligned() {
        #expect(
            table.lines(width: nil, style: .plain) == [
                "QUEUE      READY  NOTE",
                "default  184 302",
                "mail       2 048  rate 80/s and more words",
                "武汉           1  x\\u{1b}[2J",
            ])
    }

    @Test("A narrow terminal shortens the flexible column first")
    func flexible() {
        let lines = table.lines(width: 30, style: Style(usesColor: false, usesUnicode: true))
        #expect(lines[2] == "mail       2 048  rate 80/s a…")
    }

    @Test("No line is wider than the terminal", arguments: 1..<50)
    func width(width: Int) {
        for line in table.lines(width: width, style: .plain) {
            #expect(TextWidth.columns(of: line) <= width)
        }
    }

    @Test("Colours wrap the text only, and only when they are on")
    func colours() {
        let table = Table(columns: [.init("A"), .init("B")], rows: [[.init("x", .red), "y"]])
        #expect(
            table.lines(width: nil, style: Style(usesColor: true, usesUnicode: false), header: false)
                == ["\u{1B}[31mx\u{1B}[0m  y"])
        #expect(table.lines(width: nil, style: .plain, header: false) == ["x  y"])
    }

    @Test("Tab-separated cells cannot break out of their field")
    func tabs() {
        #expect(TabSeparated.line(["a\tb", "c\nd", "武"]) == "a\\u{9}b\tc\\u{a}d\t武")
    }

    @Test("Every symbol has an ASCII form that is not a colour")
    func symbols() {
        for symbol in Style.Symbol.allCases {
            #expect(Style.plain.symbol(symbol).utf8.allSatisfy { $0 < 0x80 })
            #expect(!Style.plain.symbol(symbol).isEmpty)
        }
        #expect(
            Style.Symbol.allCases.map(Style(usesColor: false, usesUnicode: true).symbol)
                == ["✓", "✗", "▶", "◌", "‖", "⚑", "!"])
        #expect(Style.Symbol.allCases.map(Style.plain.symbol) == ["ok", "x", ">", "o", "=", "!", "!"])
    }

    @Test("The bar keeps its width and moves in eighths")
    func bar() {
        let unicode = Style(usesColor: false, usesUnicode: true)
        #expect(ProgressBar(width: 4).text(0, style: unicode) == "▕    ▏")
        #expect(ProgressBar(width: 4).text(0.5625, style: unicode) == "▕██▎ ▏")
        #expect(ProgressBar(width: 4).text(2, style: unicode) == "▕████▏")
        #expect(ProgressBar(width: 4).text(.nan, style: unicode) == "▕    ▏")
        #expect(ProgressBar(width: 4).text(0.5, style: .plain) == "[=>  ]")
        #expect(ProgressBar(width: 4).text(1, style: .plain) == "[====]")
    }
}
