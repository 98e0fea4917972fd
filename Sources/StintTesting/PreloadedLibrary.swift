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
        let problems = library.path + ".problems"
        // The compiler's messages go to a file: a pipe could be kept open by a child that a thread starts meanwhile.
        let script = """
            compiler=$(command -v cc || command -v clang) || { echo 'there is neither cc nor clang' > '\(problems)'; exit 1; }
            exec "$compiler" -O1 -shared -fPIC -o '\(library.path)' '\(root.appendingPathComponent(source).path)' 2> '\(problems)'
            """
        guard system(script) == 0 else {
            let text = try? String(contentsOfFile: problems, encoding: .utf8)
            throw StintTestingError("\(source) cannot be compiled: \(text ?? "")")
        }
        try? FileManager.default.removeItem(atPath: problems)
    }
}
