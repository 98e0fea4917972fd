// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintFunctions

/// Where the private Redis keeps its data.
package struct EmbeddedLocation: Sendable, Hashable {
    /// The absolute path of the folder.
    package let directory: String

    /// Uses a folder.
    package init(directory: String) {
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    /// Decides by flag and configuration: the `data` setting, else `.stint` beside the project's stint.yaml, else
    /// `$XDG_DATA_HOME/stint`.
    package init(_ configuration: Configuration, in invocation: Invocation) {
        let setting = configuration[.data]
        if let path = setting.value {
            // A relative path in a file means the file's folder: the same data from every folder below it.
            if case .file(let file, _) = setting.source, !path.hasPrefix("/") {
                let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? invocation.directory
                self.init(directory: folder + "/" + path)
            } else {
                self.init(directory: invocation.path(path))
            }
        } else if let project = configuration.projectDirectory {
            self.init(directory: project + "/.stint")
        } else {
            let home = invocation.environment["HOME"] ?? invocation.directory
            let base = invocation.environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            self.init(directory: (base ?? home + "/.local/share") + "/stint")
        }
    }

    /// The folder as people write it, from where they are.
    package func displayed(from folder: String) -> String {
        directory.hasPrefix(folder + "/") ? "./" + directory.dropFirst(folder.count + 1) : directory
    }

    /// Held while somebody joins, starts or stops the server.
    var lockPath: String { directory + "/lock" }
    /// Held by the supervisor for its life; holds its process id.
    var supervisorPath: String { directory + "/supervisor.lock" }
    /// What the supervisor has to say.
    var logPath: String { directory + "/supervisor.log" }
}
