// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions

/// Finds environment variables that do not do what their owner probably thinks.
enum EnvironmentNotes {
    /// What Stint gives to functions, and what it reads besides settings.
    private static let others = [
        "STINT_FORCE_TTY", "STINT_JOB_ID", "STINT_JOB_NAME", "STINT_QUEUE", "STINT_ATTEMPT", "STINT_MAX_ATTEMPTS",
        "STINT_DEADLINE", "STINT_FENCE", "STINT_IDEMPOTENCY_KEY", "STINT_NODE", "STINT_FD",
    ]

    /// Warnings, in the order of the variables' names.
    ///
    /// A variable that resembles none is somebody else's: of a service called stint Kubernetes makes `STINT_PORT`.
    static func warnings(_ environment: [String: String]) -> [String] {
        let settings = SettingKey.allCases.map(\.environmentVariable)
        var warnings: [String] = []
        let (url, file) = (SettingKey.redis.environmentVariable, SettingKey.redisURLFile.environmentVariable)
        if environment[url]?.isEmpty == false, environment[file]?.isEmpty == false {
            warnings.append("\(url) and \(file) are both set: the file is not read. One too many: unset \(url)")
        }
        for name in environment.keys.sorted() where name.hasPrefix("STINT_") {
            guard !(settings + others).contains(name), !["_PORT", "_SERVICE_"].contains(where: name.contains) else {
                continue
            }
            if let near = near(name, settings) {
                warnings.append("there is no variable \(name), it is ignored. Did you mean \(near)?")
            }
        }
        return warnings
    }

    /// The setting that a name is the beginning, the end or a slip of.
    private static func near(_ name: String, _ settings: [String]) -> String? {
        let word = name.dropFirst("STINT_".count)
        let words = settings.map { String($0.dropFirst("STINT_".count)) }
        let found =
            words.first { $0.hasPrefix(word + "_") } ?? words.first { $0.hasSuffix("_" + word) }
            ?? NearMiss.find(String(word), among: words)
        return found.map { "STINT_" + $0 }
    }
}
