// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One file below `lua/`, split into words.
struct LuaFile {
    /// The path below `lua/`, such as `include/clock.lua`.
    let path: String
    let lines: [String]
    /// All words but the comments.
    let code: [LuaToken]
    let comments: [LuaToken]
    /// The files it includes, in order, with the line that says so.
    let includes: [(path: String, line: Int)]

    init(path: String, source: String) throws(BundleError) {
        self.path = path
        lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let tokens = try LuaLexer.tokens(of: source, file: path)
        code = tokens.filter { $0.kind != .comment }
        comments = tokens.filter { $0.kind == .comment }
        var includes: [(path: String, line: Int)] = []
        for comment in comments where comment.text.hasPrefix("--- @include") {
            let pieces = comment.text.split(separator: "\"", omittingEmptySubsequences: false)
            guard pieces.count == 3, pieces[0] == "--- @include ", pieces[2].isEmpty else {
                let message = "write it as `--- @include \"include/noun\"`"
                throw BundleError(file: path, line: comment.line, message: message)
            }
            includes.append(("\(pieces[1]).lua", comment.line))
        }
        self.includes = includes
    }

    /// `claim` for `claim.lua`.
    var name: String { String(path.dropLast(4)) }

    var isInclude: Bool { path.hasPrefix("include/") }

    /// The lines that hold code; blank lines and whole-line comments are not among them.
    var codeLines: Set<Int> {
        var result = Set(code.flatMap { $0.line...$0.endLine })
        // A long comment that begins or ends beside code cannot be taken out by lines.
        for comment in comments where comment.endLine > comment.line {
            if result.contains(comment.line) || result.contains(comment.endLine) {
                result.formUnion(comment.line...comment.endLine)
            }
        }
        return result
    }

    /// What it declares outside any block.
    var outerNames: [String] { NameCheck(code[...]).outer.map(\.name) }

    /// Says what is wrong with the three lines that every file begins with.
    var licenceErrors: [BundleError] {
        let isComplete =
            lines.count > 2 && lines[2] == "-- SPDX-License-Identifier: Apache-2.0"
            && lines[..<2].allSatisfy { $0.hasPrefix("-- ") }
        return isComplete ? [] : [BundleError(file: path, line: 1, message: "the three header lines are missing")]
    }
}
