// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LuaBundler

@Suite struct BundlerCommandTests {
    private static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `body` in a folder with one script.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bundler-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let includes = folder.appending(path: "lua/include")
        try FileManager.default.createDirectory(at: includes, withIntermediateDirectories: true)
        try write(Sample.script("return redis.call('HLEN', jobs)"), to: folder)
        try body(folder)
    }

    private func write(_ source: String, to folder: URL) throws {
        try source.write(to: folder.appending(path: "lua/sample.lua"), atomically: true, encoding: .utf8)
    }

    private func run(_ words: String..., in folder: URL) throws -> (code: Int32, output: String) {
        try #require(BundlerCommand(arguments: ["--root", folder.path] + words)).run()
    }

    @Test("The generated file that is checked in is what lua/ gives")
    func current() throws {
        let result = try run("--check", in: Self.packageRoot)
        #expect(result.code == 0, "\(result.output)")
    }

    @Test("A check fails before the file is written and after a source changed")
    func stale() throws {
        try withFolder { folder in
            #expect(try run("--check", in: folder).code == 1)
            #expect(try run(in: folder).output.hasSuffix("1 scripts, written"))
            #expect(try run(in: folder).output.hasSuffix("1 scripts, unchanged"))
            #expect(try run("--check", in: folder).code == 0)
            try write(Sample.script("return redis.call('HKEYS', jobs)"), to: folder)
            let result = try run("--check", in: folder)
            #expect(result.code == 1)
            #expect(result.output.contains("is stale: run `swift run LuaBundler`"))
        }
    }

    @Test("A mistake in the sources exits with 1 and writes nothing")
    func mistake() throws {
        try withFolder { folder in
            try write(Sample.script("return redis.call('HLEN', job)"), to: folder)
            let result = try run(in: folder)
            #expect(result.code == 1)
            #expect(result.output.contains("lua/sample.lua:9: error: `job` is not declared"))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: BundlerCommand.outputPath).path))
        }
    }

    @Test("Flattened scripts and their commands can be shown")
    func show() throws {
        try withFolder { folder in
            #expect(try run("--flatten", folder.appending(path: "flat").path, in: folder).code == 0)
            let text = try String(contentsOf: folder.appending(path: "flat/sample.lua"), encoding: .utf8)
            #expect(text == "#!lua\nlocal jobs = KEYS[1]\nreturn redis.call('HLEN', jobs)\n")
            #expect(try run("--acl", in: folder).output == "sample  HLEN")
        }
    }

    @Test("Words that make no sense are refused", arguments: [["--what"], ["--flatten"], ["--check", "--acl"]])
    func usage(words: [String]) {
        #expect(BundlerCommand(arguments: words)?.action == nil)
    }
}
