// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Compiles what is to be preloaded into a `redis-server`: by `cc`, or by the clang of the Swift toolchain.
package enum PreloadedLibrary {
    /// Compiles a file of this repository, named from its root, into a shared library.
    package static func compile(_ source: String, to library: URL) throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        var last = "there is neither cc nor clang"
        for compiler in ["cc", "clang"] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                compiler, "-O1", "-shared", "-fPIC", "-o", library.path, root.appendingPathComponent(source).path,
            ]
            let output = Pipe()
            process.standardError = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            if process.terminationStatus == 0 { return }
            if process.terminationStatus != 127 { last = String(decoding: text, as: UTF8.self) }
        }
        throw StintTestingError("\(source) cannot be compiled: \(last)")
    }
}
