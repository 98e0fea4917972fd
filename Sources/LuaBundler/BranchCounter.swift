// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Makes a script tell which of its branches it runs, for the tests' proof that every one is reached.
///
/// Redis has no `debug` library, so each branch begins with a call that writes the branch's name to the server's log, at
/// most once a run: nothing of the queue is touched, and a script that may not write stays one. What counts as a branch:
/// the body of a function and of a loop, either side of an `if` (also the `else` that is not written), and the right
/// side of `and` and `or`.
struct BranchCounter {
    /// What the log's lines begin with.
    static let mark = "stint-branch "

    /// The script with its calls.
    private(set) var source: String
    /// The names of all branches: file, line, kind and, from the second of the same kind in a line on, a number.
    private(set) var branches: [String] = []

    private let script: Script

    init(_ script: Script) throws(BundleError) {
        self.script = script
        source = ""
        let bytes = Array(script.source.utf8)
        var insertions: [(at: Int, text: String)] = []
        var openers: [(word: String, hasElse: Bool)] = []
        var parameters: Int?
        let tokens = try LuaLexer.tokens(of: script.source, file: script.name).filter { $0.kind != .comment }
        for token in tokens where token.line > 1 {
            if parameters != nil {
                if token.isSymbol(")") {
                    parameters = nil
                    insertions.append((token.end, " " + call("body", token.line)))
                }
                continue
            }
            guard token.kind == .keyword else { continue }
            switch token.text {
            case "function":
                openers.append((token.text, false))
                parameters = token.line
            case "if", "repeat": openers.append((token.text, false))
            case "do":
                openers.append((token.text, false))
                insertions.append((token.end, " " + call("do", token.line)))
            case "then": insertions.append((token.end, " " + call("then", token.line)))
            case "else":
                openers[openers.count - 1].hasElse = true
                insertions.append((token.end, " " + call("else", token.line)))
            case "end", "until":
                guard let opener = openers.popLast(), opener.word == "if", !opener.hasElse else { continue }
                insertions.append((token.end - 3, "else " + call("no else", token.line) + " "))
            case "and": insertions.append((token.end, " " + call("and", token.line) + " and"))
            case "or": insertions.append((token.end, " not " + call("or", token.line) + " or"))
            default: break
            }
        }
        var result: [UInt8] = []
        var start = 0
        for (at, text) in insertions {
            result += bytes[start..<at] + Array(text.utf8)
            start = at
        }
        result += bytes[start...]
        let text = String(decoding: result, as: UTF8.self)
        let firstLine = text.prefix { $0 != "\n" }
        source = firstLine + "\n" + Self.helper + text.dropFirst(firstLine.count + 1)
    }

    /// Stands before the script's second line, so that the numbers of lines stay.
    private static let helper = """
        local branches = {} local function branch(name) if not branches[name] then branches[name] = true \
        redis.log(redis.LOG_WARNING, '\(mark)' .. name) end return true end\u{20}
        """

    private mutating func call(_ kind: String, _ line: Int) -> String {
        let origin = script.origins[line - 1]
        let base = "\(origin.file):\(origin.line) \(kind)"
        var name = base
        var number = 1
        while branches.contains(name) {
            number += 1
            name = "\(base) \(number)"
        }
        branches.append(name)
        return "branch('\(name)')"
    }
}
