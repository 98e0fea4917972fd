// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One word of Lua source, with the lines on which it begins and ends.
struct LuaToken: Hashable {
    enum Kind: Hashable {
        case name, keyword, number, string, symbol, comment
    }

    let kind: Kind
    /// The text as written; for strings what stands between the quotes, escapes untouched.
    let text: String
    let line: Int
    let endLine: Int
    /// Where the bytes of the file begin that follow it.
    let end: Int

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    func isKeyword(_ keyword: String) -> Bool { kind == .keyword && text == keyword }

    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not",
        "or", "repeat", "return", "then", "true", "until", "while",
    ]
}
