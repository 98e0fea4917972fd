// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The command line of the bundler: reads `lua/`, writes, checks or shows what comes of it.
struct BundlerCommand {
    enum Action: Equatable { case write, check, flatten(String), countBranches(String), accessTable }

    static let usage = """
        usage: LuaBundler [--root DIR] [--check | --flatten DIR | --branches DIR | --acl]

          (nothing)      write Sources/Stint/Scripts/Scripts.generated.swift from lua/
          --check        exit with 1 when that file is stale
          --flatten DIR  write the flattened scripts to DIR, for luacheck
          --branches DIR write scripts to DIR that log which branches they run, and all branches to DIR/branches
          --acl          list the Redis commands that each script calls
          --root DIR     the package's folder; the current one by default
        """
    static let outputPath = "Sources/Stint/Scripts/Scripts.generated.swift"

    let root: URL
    let action: Action

    init(root: URL, action: Action) {
        self.root = root
        self.action = action
    }

    /// Reads the words after the command's name; nil when they make no sense.
    init?(arguments: [String]) {
        var root = URL(filePath: FileManager.default.currentDirectoryPath)
        var actions: [Action] = []
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case "--check": actions.append(.check)
            case "--acl": actions.append(.accessTable)
            case "--flatten":
                guard let folder = words.popFirst() else { return nil }
                actions.append(.flatten(folder))
            case "--branches":
                guard let folder = words.popFirst() else { return nil }
                actions.append(.countBranches(folder))
            case "--root":
                guard let folder = words.popFirst() else { return nil }
                root = URL(filePath: folder)
            default: return nil
            }
        }
        guard actions.count <= 1 else { return nil }
        self.init(root: root, action: actions.first ?? .write)
    }

    /// Does the work; returns the exit code and what to print.
    func run() throws -> (code: Int32, output: String) {
        let bundle: Bundle
        do throws(BundleErrors) {
            bundle = try Bundle(sources: Self.sources(in: root.appending(path: "lua")))
        } catch {
            return (1, error.description)
        }
        let output = root.appending(path: Self.outputPath)
        let text = SwiftGenerator(scripts: bundle.scripts).generate()
        let isCurrent = (try? String(contentsOf: output, encoding: .utf8)) == text
        switch action {
        case .write:
            if !isCurrent {
                try FileManager.default.createDirectory(
                    at: output.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: output, atomically: true, encoding: .utf8)
            }
            let result = "\(Self.outputPath): \(bundle.scripts.count) scripts, \(isCurrent ? "unchanged" : "written")"
            return (0, (bundle.warnings + [result]).joined(separator: "\n"))
        case .check:
            return isCurrent ? (0, "") : (1, "\(Self.outputPath) is stale: run `swift run LuaBundler`")
        case .flatten(let folder):
            try Self.write(bundle.scripts.map { ($0.name, $0.source) }, to: folder)
            return (0, bundle.warnings.joined(separator: "\n"))
        case .countBranches(let folder):
            let counters = try bundle.scripts.map { (name: $0.name, counter: try BranchCounter($0)) }
            try Self.write(counters.map { ($0.name, $0.counter.source) }, to: folder)
            // A helper's branch counts once, whichever script runs it.
            let branches = Set(counters.flatMap(\.counter.branches)).sorted()
            let list = URL(filePath: folder).appending(path: "branches")
            try (branches.joined(separator: "\n") + "\n").write(to: list, atomically: true, encoding: .utf8)
            return (0, "\(branches.count) branches")
        case .accessTable:
            let width = (bundle.scripts.map(\.name.count).max() ?? 0) + 2
            return (
                0,
                bundle.scripts.map { script in
                    script.name + String(repeating: " ", count: width - script.name.count)
                        + script.commands.joined(separator: " ")
                }.joined(separator: "\n")
            )
        }
    }

    private static func write(_ scripts: [(name: String, source: String)], to folder: String) throws {
        let folder = URL(filePath: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, source) in scripts {
            let file = folder.appending(path: "\(name).lua")
            try (source + "\n").write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// The Lua files in `folder` and its `include`, by path.
    private static func sources(in folder: URL) throws(BundleErrors) -> [String: String] {
        var sources: [String: String] = [:]
        for prefix in ["", "include/"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + prefix)) ?? []
            for name in names where name.hasSuffix(".lua") {
                guard let text = try? String(contentsOf: folder.appending(path: prefix + name), encoding: .utf8) else {
                    let error = BundleError(file: prefix + name, line: 1, message: "cannot be read as UTF-8")
                    throw BundleErrors(errors: [error])
                }
                sources[prefix + name] = text
            }
        }
        return sources
    }
}
