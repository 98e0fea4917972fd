// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Reads the header of a script: the summary after `---`, then the parts after `--!`.
struct ScriptHeaderParser {
    /// The roles that a script may name; `AccessRole` has the same.
    static let roles = ["producer", "worker", "dashboard", "operator"]

    private let file: String
    private var header = ScriptHeader()
    private var words: [(part: String, text: String, line: Int)] = []
    private var seen: Set<String> = []
    private(set) var errors: [BundleError] = []

    /// Reads the header from `lines`; `errors` says what is wrong with it.
    static func parse(_ lines: [String], file: String) -> (header: ScriptHeader, errors: [BundleError]) {
        var parser = ScriptHeaderParser(file: file)
        parser.collect(lines)
        parser.interpret()
        return (parser.header, parser.errors)
    }

    private init(file: String) { self.file = file }

    private mutating func fail(_ line: Int, _ message: String) {
        errors.append(BundleError(file: file, line: line, message: message))
    }

    private mutating func collect(_ lines: [String]) {
        var part = ""
        for (index, line) in lines.enumerated() {
            let number = index + 1
            if line.hasPrefix("--!") {
                var rest = line.dropFirst(3).drop { $0 == " " }
                if let name = ["roles", "flags", "keys", "args", "return"].first(where: { rest.hasPrefix("\($0):") }) {
                    if !seen.insert(name).inserted { fail(number, "the header has `\(name):` twice") }
                    part = name
                    rest = rest.dropFirst(name.count + 1)
                } else if part.isEmpty, !rest.isEmpty {
                    fail(number, "this line belongs to none of `roles:`, `flags:`, `keys:`, `args:`, `return:`")
                }
                words += rest.split(separator: " ").map { (part, String($0), number) }
            } else if line.hasPrefix("---"), !line.hasPrefix("--- @include"), seen.isEmpty {
                if header.summary.isEmpty { header.line = number }
                let text = line.dropFirst(3).drop { $0 == " " }
                header.summary += (header.summary.isEmpty ? "" : " ") + text
            } else if !line.hasPrefix("--"), !line.isEmpty {
                break
            }
        }
    }

    private mutating func interpret() {
        if !header.summary.hasSuffix(".") {
            fail(header.line, "the header needs a `---` line: one sentence, with a stop, of what the script does")
        }
        for part in ["roles", "keys", "args", "return"] where !seen.contains(part) {
            fail(header.line, "the header has no `\(part):`")
        }
        for (part, text, line) in words {
            switch part {
            case "roles": addRole(text, line)
            case "flags": header.flags.append(text)
            case "keys": addKey(text, line)
            case "args": addArgument(text, line)
            default: header.reply += (header.reply.isEmpty ? "" : " ") + text
            }
        }
        if seen.contains("return"), header.reply.isEmpty { fail(header.line, "`return:` says nothing") }
        if seen.contains("roles"), !words.contains(where: { $0.part == "roles" }) {
            fail(header.line, "`roles:` names nobody who calls it")
        }
        if seen.contains("keys"), header.keys.isEmpty { fail(header.line, "`keys:` names no key") }
        var names: Set<String> = []
        for local in header.locals where !names.insert(local.name).inserted {
            fail(local.line, "`\(local.name)` is declared twice")
        }
    }

    private mutating func addRole(_ text: String, _ line: Int) {
        guard Self.roles.contains(text) else {
            return fail(line, "`\(text)` is no role: they are \(Self.roles.joined(separator: ", "))")
        }
        if header.roles.contains(text) { fail(line, "the role `\(text)` is named twice") }
        header.roles.append(text)
    }

    private mutating func addKey(_ text: String, _ line: Int) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard isName(pieces[0]) else { return fail(line, "`\(text)` is no name for a key") }
        guard pieces.count > 1 else { return header.keys.append(.init(name: pieces[0], count: 1, line: line)) }
        guard pieces.count == 2, let count = Int(pieces[1]), (2...16).contains(count) else {
            return fail(line, "`\(text)`: a run of keys is written `name:N`, N from 2 to 16")
        }
        header.keys.append(.init(name: pieces[0], count: count, line: line))
    }

    private mutating func addArgument(_ text: String, _ line: Int) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard isName(pieces[0]) else { return fail(line, "`\(text)` is no name for an argument") }
        let kinds: [String: ScriptHeader.Argument.Kind] = ["int": .integer, "list": .list]
        let kind = pieces.count == 1 ? .bytes : kinds[pieces[1]]
        guard let kind, pieces.count <= 2 else {
            return fail(line, "`\(text)`: an argument is `name`, `name:int` or, last of all, `name:list`")
        }
        if header.arguments.last?.kind == .list { fail(line, "`\(text)` comes after a list, which takes all the rest") }
        header.arguments.append(.init(name: pieces[0], kind: kind, line: line))
    }

    private func isName(_ text: String) -> Bool {
        let isWord = text.allSatisfy { ($0.isASCII && $0.isLowercase) || $0 == "_" || ($0.isASCII && $0.isNumber) }
        guard let first = text.first, first.isLetter, isWord else { return false }
        return !LuaToken.keywords.contains(text) && !NameCheck.globals.contains(text)
    }
}
