// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Finds the configuration files that hold for a folder.
package enum ConfigurationLocation {
    /// The nearest `stint.yaml` from the folder upwards to the root of its git work tree, or to `/`.
    ///
    /// Above the folder itself only files of this user or of root count: functions are commands, and a file that a
    /// stranger put into a shared parent folder must not be run by accident.
    package static func projectFile(from folder: String) -> String? {
        var current = folder
        while true {
            let path = current == "/" ? "/stint.yaml" : "\(current)/stint.yaml"
            if FileManager.default.fileExists(atPath: path), current == folder || isTrusted(path) { return path }
            let isRoot = FileManager.default.fileExists(atPath: "\(current)/.git")
            guard !isRoot, current != "/", let slash = current.lastIndex(of: "/") else { return nil }
            current = slash == current.startIndex ? "/" : String(current[..<slash])
        }
    }

    /// `$XDG_CONFIG_HOME/stint/config.yaml`, if there is one.
    package static func userFile(environment: [String: String]) -> String? {
        let base =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment["HOME"].map { "\($0)/.config" }
        guard let path = base.map({ "\($0)/stint/config.yaml" }) else { return nil }
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private static func isTrusted(_ path: String) -> Bool {
        let owner = FileOwner.of(path)
        return owner == 0 || owner == FileOwner.current
    }
}
