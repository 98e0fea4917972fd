// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

@Suite struct LuaLexerTests {
    @Test("Words inside strings and comments are not names")
    func strings() throws {
        let tokens = try LuaLexer.tokens(of: "x = 'KEYS \\' [' .. \"-- a\" -- ARGV\ny = [==[ ]] KEYS ]==]", file: "a")
        #expect(tokens.filter { $0.kind == .name }.map(\.text) == ["x", "y"])
        #expect(tokens.filter { $0.kind == .string }.map(\.text) == ["KEYS \\' [", "-- a", " ]] KEYS "])
        #expect(tokens.filter { $0.kind == .comment }.map(\.text) == ["-- ARGV"])
    }

    @Test("Numbers, dots and operators are kept apart")
    func symbols() throws {
        let tokens = try LuaLexer.tokens(of: "a=1 ..2 b=0xFF<=3e-4 ~= .5", file: "a")
        #expect(tokens.map(\.text).contains("0xFF"))
        #expect(tokens.map(\.text).contains("3e-4"))
    }

    @Test("Lines are counted through long strings and comments")
    func lines() throws {
        let tokens = try LuaLexer.tokens(of: "--[[ one\ntwo ]] a\n[[\n\n]] b", file: "a")
        #expect(tokens.map(\.line) == [1, 2, 3, 5])
        #expect(tokens.map(\.endLine) == [2, 2, 5, 5])
    }

    @Test("What has no end is named with its first line", arguments: ["\n'abc\n'", "\n[[ abc\n", "\n--[[ abc\n"])
    func noEnd(source: String) {
        #expect { try LuaLexer.tokens(of: source, file: "a.lua") } throws: { error in
            "\(error)".hasPrefix("lua/a.lua:2: error: this ") && "\(error)".hasSuffix(" has no end")
        }
    }
}
