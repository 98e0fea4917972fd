// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The names that a stretch of Lua declares and uses.
///
/// Names are looked at per stretch, not per block: enough to find what is unused, undeclared or reached past an
/// include, while `luacheck`, run on the flattened script, judges the finer points of scope.
struct NameCheck {
    /// What Redis gives to a script and the scripts may use.
    static let globals: Set<String> = [
        "ARGV", "KEYS", "assert", "bit", "error", "ipairs", "math", "next", "pairs", "pcall", "rawequal", "rawget",
        "rawset", "redis", "select", "setmetatable", "string", "struct", "table", "tonumber", "tostring", "type",
        "unpack",
    ]

    /// Every declared name: locals, functions' parameters, loop variables.
    private(set) var declared: Set<String> = []
    /// Names of locals outside any block, with their lines.
    private(set) var outer: [(name: String, line: Int)] = []
    /// Names that are read, called or assigned to.
    private(set) var used: [(name: String, line: Int)] = []
    /// The words at which a `local` outside any block begins.
    private(set) var outerStarts: [Int] = []

    init(_ code: ArraySlice<LuaToken>) {
        let code = Array(code)
        var depth = 0
        var brackets: [String] = []
        var index = 0

        /// Returns the names of the comma-separated list that begins at `start`, and the index after it.
        func list(from start: Int) -> ([(String, Int)], Int) {
            var names: [(String, Int)] = []
            var next = start
            while next < code.count, code[next].kind == .name {
                names.append((code[next].text, code[next].line))
                next += 1
                guard next < code.count, code[next].isSymbol(",") else { break }
                next += 1
            }
            return (names, next)
        }

        while index < code.count {
            let token = code[index]
            if token.kind == .keyword {
                let isOuter = depth == 0
                switch token.text {
                case "function":
                    depth += 1
                    var next = index + 1
                    if next < code.count, code[next].kind == .name {
                        // `function t.f()` uses `t`; `local function f()` was declared with its `local`.
                        if index == 0 || !code[index - 1].isKeyword("local") {
                            used.append((code[next].text, code[next].line))
                        }
                        while next < code.count, !code[next].isSymbol("(") { next += 1 }
                    }
                    let (names, end) = list(from: next + 1)
                    declared.formUnion(names.map(\.0))
                    index = max(end, next + 1) - 1
                case "if", "do", "repeat": depth += 1
                case "end", "until": depth -= 1
                case "for":
                    let (names, end) = list(from: index + 1)
                    declared.formUnion(names.map(\.0))
                    index = end - 1
                case "local":
                    if isOuter { outerStarts.append(index) }
                    let isFunction = index + 1 < code.count && code[index + 1].isKeyword("function")
                    let (names, end) = list(from: index + (isFunction ? 2 : 1))
                    declared.formUnion(names.map(\.0))
                    if isOuter { outer += names.map { ($0.0, $0.1) } }
                    index = isFunction ? index : end - 1
                default: break
                }
            } else if token.kind == .symbol {
                if ["{", "(", "["].contains(token.text) { brackets.append(token.text) }
                if ["}", ")", "]"].contains(token.text) { _ = brackets.popLast() }
            } else if token.kind == .name {
                let before = index > 0 ? code[index - 1] : nil
                let after = index + 1 < code.count ? code[index + 1] : nil
                let isField = before.map { $0.isSymbol(".") || $0.isSymbol(":") } ?? false
                let opensEntry = before.map { $0.isSymbol("{") || $0.isSymbol(",") || $0.isSymbol(";") } ?? false
                let isEntry = brackets.last == "{" && opensEntry && (after?.isSymbol("=") ?? false)
                if !isField && !isEntry { used.append((token.text, token.line)) }
            }
            index += 1
        }
    }
}
