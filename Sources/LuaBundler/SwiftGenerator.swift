// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes the Swift that carries the scripts into the library.
struct SwiftGenerator {
    let scripts: [Script]

    /// The nouns of `QueueKeys`: a script's keys of these names come from one value.
    static let queueNouns: Set<String> = [
        "jobs", "big", "delayed", "leases", "dead", "kept", "recent", "errors", "unique", "cancelling", "meta", "wake",
        "progress", "ended",
    ]

    /// The text of `Scripts.generated.swift`.
    func generate() -> String {
        let names = scripts.map { "\(camel($0.name))Script" }.joined(separator: ", ")
        let files = Set(scripts.flatMap { $0.origins.map(\.file) }).sorted()
        var text = """
            // This source file is part of the Stint project
            // Licensed under the Apache License, Version 2.0: see LICENSE
            // SPDX-License-Identifier: Apache-2.0

            // Generated from lua/ by `swift run LuaBundler`: do not edit.
            // swift-format-ignore-file

            package import StintRedis

            /// Every script of the protocol, and for each the call that runs it.
            package enum Scripts {
                /// All scripts, by name.
                package static let all: [RedisScript] = [\(names)]

                /// The Lua files that the line maps name by index.
                static let files: [String] = [\(files.map { "\"\($0)\"" }.joined(separator: ", "))]

                /// For each script the runs of lines that stand together in one file: first line, file, line there.
                static let lineMaps: [String: [UInt16]] = [

            """
        for script in scripts {
            let runs = lineMap(of: script, files: files).map(String.init).joined(separator: ", ")
            text += "        \"\(script.name)\": [\(runs)],\n"
        }
        text += scripts.isEmpty ? "        :\n    ]\n" : "    ]\n"
        text += "\n    /// Who calls each script, the keys that it takes and the commands that it calls.\n"
        text += "    package static let access: [ScriptAccess] = [\n"
        text += scripts.map(access).joined() + "    ]\n"
        for script in scripts { text += "\n" + declarations(of: script) }
        return text + "}\n"
    }

    private func access(of script: Script) -> String {
        func list(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ", ") }
        return """
                    ScriptAccess(
                        script: \(camel(script.name))Script,
                        roles: [\(script.header.roles.map { "." + $0 }.joined(separator: ", "))],
                        keys: [\(list(script.header.keys.map(\.name)))],
                        commands: [\(list(script.commands))]),

            """
    }

    private func lineMap(of script: Script, files: [String]) -> [Int] {
        var runs: [Int] = []
        var previous: Script.Origin?
        for (index, origin) in script.origins.enumerated() {
            if origin.file != previous?.file || origin.line != (previous?.line ?? 0) + 1 {
                runs += [index + 1, files.firstIndex(of: origin.file) ?? 0, origin.line]
            }
            previous = origin
        }
        return runs
    }

    private func declarations(of script: Script) -> String {
        let name = camel(script.name)
        var marks = "#"
        while script.source.contains("\"\"\"\(marks)") || script.source.contains("\\\(marks)") { marks += "#" }
        var text = """
                /// The text of `\(script.name).lua`.
                package static let \(name)Script = RedisScript(
                    name: "\(script.name)",
                    source: \(marks)\"""

            """
        text += "\(script.source)\n\"\"\"\(marks),\n"
        let isReadOnly = script.header.flags.contains("no-writes")
        text += "        sha1: \"\(script.sha1)\"\(isReadOnly ? ",\n        isReadOnly: true" : "")\n    )\n"
        text += "\n" + function(of: script, keys: script.header.keys)
        if script.header.keys.contains(where: isQueueKey) {
            text += "\n" + function(of: script, keys: script.header.keys.filter { !isQueueKey($0) }, takesQueue: true)
        }
        return text
    }

    private func function(of script: Script, keys: [ScriptHeader.Key], takesQueue: Bool = false) -> String {
        var parameters = takesQueue ? ["_ keys: QueueKeys"] : []
        parameters += keys.map { "\(label($0.name)): \($0.count == 1 ? "String" : "[String]")" }
        parameters += script.header.arguments.map { argument in
            switch argument.kind {
            case .bytes: "\(label(argument.name)): some ScriptArgument"
            case .integer: "\(label(argument.name)): Int"
            case .list: "\(label(argument.name)): [[UInt8]] = []"
            }
        }
        let names = script.header.keys.map { key in
            let name = takesQueue && isQueueKey(key) ? "keys.\(camel(key.name))" : label(key.name)
            return (name: name, isRun: key.count > 1)
        }
        let values = script.header.arguments.map { argument in
            (name: label(argument.name) + (argument.kind == .list ? "" : ".scriptBytes"), isRun: argument.kind == .list)
        }
        let checks = keys.filter { $0.count > 1 }.map {
            "        precondition(\(label($0.name)).count == \($0.count), \"\($0.name): \($0.count) keys\")"
        }
        let lines =
            [
                "    /// \(script.header.summary)",
                "    ///",
                "    /// The reply: \(script.header.reply).",
                "    package static func \(label(script.name))(",
                parameters.map { "        \($0)" }.joined(separator: ",\n"),
                "    ) -> ScriptCall {",
            ] + checks + [
                "        return ScriptCall(",
                "            script: \(camel(script.name))Script,",
                "            keys: \(concatenation(names)),",
                "            arguments: \(concatenation(values))",
                "        )",
                "    }",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// `[a, b] + run + [c]`.
    private func concatenation(_ parts: [(name: String, isRun: Bool)]) -> String {
        var groups: [String] = []
        var single: [String] = []
        for part in parts {
            guard part.isRun else {
                single.append(part.name)
                continue
            }
            if !single.isEmpty { groups.append("[\(single.joined(separator: ", "))]") }
            groups.append(part.name)
            single = []
        }
        if !single.isEmpty || groups.isEmpty { groups.append("[\(single.joined(separator: ", "))]") }
        return groups.joined(separator: " + ")
    }

    private func isQueueKey(_ key: ScriptHeader.Key) -> Bool {
        key.count == 1 ? Self.queueNouns.contains(key.name) : key.name == "ready" && key.count == 4
    }

    private func camel(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private func label(_ name: String) -> String {
        let keywords: Set<String> = [
            "as", "case", "catch", "class", "default", "defer", "enum", "extension", "func", "guard", "import", "init",
            "internal", "is", "let", "protocol", "public", "self", "static", "struct", "switch", "throw", "throws",
            "try", "var", "where",
        ]
        let name = camel(name)
        return keywords.contains(name) ? "`\(name)`" : name
    }
}
