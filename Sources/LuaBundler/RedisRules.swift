// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The rules that keep scripts safe on any Redis and readable without running them.
struct RedisRules {
    /// What a stretch of one file does with Redis.
    private(set) var commands: Set<String> = []
    private(set) var errors: [BundleError] = []
    /// The lines on which the clock is read.
    private(set) var clockReads: [Int] = []

    private static let banned: [String: String] = [
        "cjson": "scripts read bytes at fixed offsets: `cjson` costs more than all the rest",
        "cmsgpack": "scripts read bytes at fixed offsets: `cmsgpack` costs more than all the rest",
        "loadstring": "`loadstring` runs text as code: write the code",
        "load": "`load` runs text as code: write the code",
        "dofile": "`dofile` has no place in a script",
    ]
    private static let bannedCommands: Set<String> = [
        "KEYS", "SCAN", "RANDOMKEY", "FLUSHALL", "FLUSHDB", "EVAL", "EVALSHA",
    ]

    private let file: LuaFile

    /// Whether `name` has a reason of its own for being refused.
    static func isBanned(_ name: String) -> Bool { banned[name] != nil }

    /// Judges the stretch `code` of `file`.
    init(file: LuaFile, code: ArraySlice<LuaToken>) {
        self.file = file
        let code = Array(code)
        let aliases = Self.aliases(in: file)
        for (index, token) in code.enumerated() where token.kind == .name {
            let isField = index > 0 && (code[index - 1].isSymbol(".") || code[index - 1].isSymbol(":"))
            if token.text == "redis", index + 2 < code.count, ["call", "pcall"].contains(code[index + 2].text) {
                if !Self.isAlias(code, at: index) { check(call: code.dropFirst(index + 3), at: token.line) }
            } else if aliases.contains(token.text), !isField, index > 0, !code[index - 1].isKeyword("local") {
                check(call: code.dropFirst(index + 1), at: token.line)
            } else if let reason = Self.banned[token.text], !isField {
                fail(token.line, reason)
            } else if token.text == "unpack", !isField, !hasBound(token.line) {
                fail(token.line, "`unpack` takes a few thousand values: say the bound on its line, `-- at most N`")
            }
        }
    }

    /// Names that stand for `redis.call` in this file, as in `local call = redis.call`.
    private static func aliases(in file: LuaFile) -> Set<String> {
        Set(
            file.code.indices.filter { file.code[$0].text == "redis" && isAlias(file.code, at: $0) }
                .map { file.code[$0 - 2].text })
    }

    private static func isAlias(_ code: [LuaToken], at index: Int) -> Bool {
        index > 2 && index + 3 < code.count && !code[index + 3].isSymbol("(") && code[index - 1].isSymbol("=")
            && code[index - 3].isKeyword("local")
    }

    private mutating func fail(_ line: Int, _ message: String) {
        errors.append(BundleError(file: file.path, line: line, message: message))
    }

    private mutating func check(call rest: ArraySlice<LuaToken>, at line: Int) {
        let rest = Array(rest.prefix(2))
        guard rest.count == 2, rest[0].isSymbol("("), rest[1].kind == .string else {
            return fail(line, "write the command's name as a literal, so that access rules can be made from it")
        }
        let command = rest[1].text.uppercased()
        commands.insert(command)
        if Self.bannedCommands.contains(command) {
            fail(line, "a script must not call \(command): it is unbounded, or touches keys that were not declared")
        }
        if command == "TIME" {
            clockReads.append(line)
            if file.path != "include/clock.lua" { fail(line, "only include/clock reads the time") }
        }
    }

    private func hasBound(_ line: Int) -> Bool {
        file.comments.contains { comment in
            guard comment.line == line, let range = comment.text.firstRange(of: "at most ") else { return false }
            return comment.text[range.upperBound...].first?.isNumber ?? false
        }
    }
}
