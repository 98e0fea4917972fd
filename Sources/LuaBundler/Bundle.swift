// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// All scripts of a folder, checked and flattened.
struct Bundle {
    /// The scripts, by name.
    let scripts: [Script]
    /// What a person should look at, though it is no mistake.
    let warnings: [String]

    /// A script longer than this is two operations (STYLE of the Lua sources).
    static let lineGoal = 150

    /// Bundles `sources`: Lua text by path below `lua/`.
    init(sources: [String: String]) throws(BundleErrors) {
        var errors: [BundleError] = []
        var files: [String: LuaFile] = [:]
        for (path, source) in sources.sorted(by: { $0.key < $1.key }) {
            do throws(BundleError) {
                let file = try LuaFile(path: path, source: source)
                files[path] = file
                errors += file.licenceErrors
                if file.isInclude { errors += Self.checkInclude(file) }
            } catch {
                errors.append(error)
            }
        }
        var scripts: [Script] = []
        for file in files.values.sorted(by: { $0.path < $1.path }) where !file.isInclude {
            var builder = ScriptBuilder(file, files: files)
            scripts.append(builder.build())
            errors += builder.errors
        }
        if !errors.isEmpty {
            // Several scripts meet the same mistake in an include: it is said once.
            throw BundleErrors(
                errors: Set(errors).sorted {
                    ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message)
                })
        }
        self.scripts = scripts
        warnings = scripts.filter { $0.lines.count > Self.lineGoal }.map {
            "lua/\($0.name).lua: warning: flattens to \($0.lines.count) lines, over \(Self.lineGoal): two operations?"
        }
    }

    private static func checkInclude(_ file: LuaFile) -> [BundleError] {
        var errors = RedisRules(file: file, code: file.code[...]).errors
        if let first = file.code.first, !first.isKeyword("local") {
            errors.append(
                BundleError(
                    file: file.path, line: first.line, message: "an include holds `local function`s and constants only")
            )
        }
        for token in file.code where token.kind == .name && ["KEYS", "ARGV"].contains(token.text) {
            errors.append(
                BundleError(
                    file: file.path, line: token.line, message: "an include takes keys and arguments as parameters"))
        }
        return errors
    }
}
