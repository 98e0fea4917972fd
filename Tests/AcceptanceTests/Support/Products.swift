// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the programs that were built together with the tests.
enum Products {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    static func path(_ name: String) throws -> String {
        for var folder in starts {
            // On macOS the tests run inside of a bundle in the folder of the products, elsewhere beside it.
            for _ in 0..<5 where folder.path != "/" {
                let candidate = folder.appendingPathComponent(name).path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                    return candidate
                }
                folder.deleteLastPathComponent()
            }
        }
        throw Missing(description: "\(name) was not built beside the tests")
    }

    private static var starts: [URL] {
        var files: [URL] = []
        if let own = Bundle.main.executableURL { files.append(own.resolvingSymlinksInPath()) }
        files += Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        files += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
        return files.map { $0.deletingLastPathComponent() }
    }
}
