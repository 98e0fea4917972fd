// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// The scripts that a bench runs: those of the library, or others in their place.
///
/// `STINT_LUA` names a folder of scripts, one `NAME.lua` each, as `LuaBundler --flatten` and `--branches` write them:
/// `scripts/mutants` puts a bug there, `scripts/lua-branches` scripts that log their branches. `STINT_LUA_BRANCHES` names
/// a folder for what they logged.
enum ScriptSources {
    private static let folder = ProcessInfo.processInfo.environment["STINT_LUA"]
    private static let branches = ProcessInfo.processInfo.environment["STINT_LUA_BRANCHES"]

    private static let texts: [String: String] = {
        guard let folder else { return [:] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".lua") }.reduce(into: [:]) { texts, name in
            let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            texts[String(name.dropLast(4))] = text.map { String($0.dropLast()) }
        }
    }()

    /// Returns the script to run where the library's is meant.
    static func actual(_ script: RedisScript) -> RedisScript {
        guard folder != nil else { return script }
        guard let text = texts[script.name] else { fatalError("STINT_LUA has no \(script.name).lua") }
        // A digest that Redis does not know makes the runner send the text.
        return RedisScript(
            name: script.name, source: text, sha1: String(repeating: "0", count: 40),
            isReadOnly: script.isReadOnly)
    }

    /// Keeps the names of the branches that a server's scripts logged.
    static func collect(from server: PrivateRedis) throws {
        guard let branches else { return }
        let log = try String(contentsOfFile: server.directory + "/redis.log", encoding: .utf8)
        let names = Set(
            log.split(separator: "\n").compactMap { line in
                line.firstRange(of: "stint-branch ").map { String(line[$0.upperBound...]) }
            })
        let file = "\(branches)/\(String(SystemRandom().next(), radix: 16))"
        try (names.sorted().joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
    }
}
