// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Flattens one script: line 1, the locals of its header, the included declarations that it reaches, its body.
struct ScriptBuilder {
    private let file: LuaFile
    private let files: [String: LuaFile]
    private let header: ScriptHeader
    private let body: NameCheck
    private var included: [LuaFile] = []
    private(set) var errors: [BundleError] = []

    /// Prepares `file`, whose includes are looked up in `files` by path.
    init(_ file: LuaFile, files: [String: LuaFile]) {
        self.file = file
        self.files = files
        body = NameCheck(file.code[...])
        (header, errors) = ScriptHeaderParser.parse(file.lines, file: file.path)
        include(file, trail: [file.path])
    }

    /// Returns the script; `errors` says what is wrong with it.
    mutating func build() -> Script {
        let items = LuaItem.reached(included.flatMap(LuaItem.items), from: Set(body.used.map(\.name)))
        checkNames(items)
        let commands = checkRules(items)

        var lines = [header.flags.isEmpty ? "#!lua" : "#!lua flags=\(header.flags.joined(separator: ","))"]
        var origins = [Script.Origin(file: file.path, line: header.line)]
        for local in header.locals {
            lines.append("local \(local.name) = \(local.value)")
            origins.append(.init(file: file.path, line: local.line))
        }
        func append(_ source: LuaFile, _ range: ClosedRange<Int>) {
            for line in source.codeLines.sorted() where range.contains(line) {
                lines.append(source.lines[line - 1])
                origins.append(.init(file: source.path, line: line))
            }
        }
        for item in items { append(item.file, item.lines) }
        append(file, 1...file.lines.count)
        return Script(
            name: file.name, header: header, lines: lines, origins: origins, commands: commands.sorted())
    }

    private mutating func fail(_ file: LuaFile, _ line: Int, _ message: String) {
        errors.append(BundleError(file: file.path, line: line, message: message))
    }

    /// Adds what `file` includes before `file` itself, each once.
    private mutating func include(_ file: LuaFile, trail: [String]) {
        for (path, line) in file.includes {
            guard path.hasPrefix("include/"), let next = files[path] else {
                fail(file, line, "there is no lua/\(path)")
                continue
            }
            if let start = trail.firstIndex(of: path) {
                fail(file, line, "includes go round: \((trail[start...] + [path]).joined(separator: " → "))")
            } else if !included.contains(where: { $0.path == path }) {
                include(next, trail: trail + [path])
                included.append(next)
            }
        }
    }

    private mutating func checkNames(_ items: [LuaItem]) {
        let uses = Set(body.used.map(\.name))
        for local in header.locals where !uses.contains(local.name) {
            fail(file, local.line, "`\(local.name)` is declared and never used")
        }
        var outer = Set(header.locals.map(\.name))
        let declarations =
            items.flatMap { item in item.names.outer.map { (item.file, $0.name, $0.line) } }
            + body.outer.map { (file, $0.name, $0.line) }
        for (source, name, line) in declarations where name != "_" && !outer.insert(name).inserted {
            fail(source, line, "`\(name)` is declared twice in what \(file.path) becomes")
        }
        if declarations.count + header.locals.count > 200 {
            fail(file, header.line, "the script has more than 200 locals, which Lua refuses")
        }

        checkScopes()
        checkDirectAccess()
    }

    /// A file may use what it declares itself and what is included before it; an include nothing of its includer.
    private mutating func checkScopes() {
        var helpers: Set<String> = []
        for source in included + [file] {
            let names = NameCheck(source.code[...])
            var known = names.declared.union(helpers).union(NameCheck.globals)
            if !source.isInclude { known.formUnion(header.locals.map(\.name)) }
            for (name, line) in names.used where !known.contains(name) && !RedisRules.isBanned(name) {
                let home = files.values.filter(\.isInclude).first { $0.outerNames.contains(name) }
                let other = source.isInclude ? "pass it as a parameter" : nil
                let advice = home.map { "include \($0.name) before" } ?? other
                fail(source, line, "`\(name)` is not declared" + (advice.map { ": \($0)" } ?? ""))
            }
            helpers.formUnion(source.outerNames)
        }
    }

    /// Keys and named arguments are reached by their names only; the rest of ARGV only through the list's index.
    private mutating func checkDirectAccess() {
        let list = header.arguments.last.flatMap { $0.kind == .list ? $0 : nil }
        for (name, line) in body.used where name == "KEYS" {
            fail(file, line, "use the names that `keys:` declares, not \(name)")
        }
        guard let list else {
            for (name, line) in body.used where name == "ARGV" {
                fail(file, line, "use the names that `args:` declares, not ARGV: there is no list among them")
            }
            return
        }
        for index in file.code.indices.dropLast(2) where file.code[index].kind == .name {
            guard file.code[index].text == "ARGV", file.code[index + 1].isSymbol("[") else { continue }
            if file.code[index + 2].kind == .number {
                let message = "use the names that `args:` declares: the list begins at ARGV[\(list.local)]"
                fail(file, file.code[index].line, message)
            }
        }
    }

    private mutating func checkRules(_ items: [LuaItem]) -> Set<String> {
        var commands: Set<String> = []
        let stretches = items.map { ($0.file, $0.code, $0.names) } + [(file, file.code[...], body)]
        var clocks: Set<String> = []
        var reads: [(LuaFile, Int)] = []
        for (source, code, names) in stretches {
            let rules = RedisRules(file: source, code: code)
            commands.formUnion(rules.commands)
            if source.path == file.path { errors += rules.errors }
            reads += names.used.filter { clocks.contains($0.name) }.map { (source, $0.line) }
            if !rules.clockReads.isEmpty { clocks.formUnion(names.outer.prefix(1).map(\.name)) }
        }
        for (source, line) in reads.dropFirst() {
            fail(source, line, "the time is read twice: it moves on inside a script, so read it once, at the top")
        }
        return commands
    }
}
