// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the file that a command names, as a shell would, but never in the working directory by accident.
struct ProgramLookup {
    /// Where relative paths start.
    var directory: String
    /// The function's PATH; entries that are empty or relative are skipped.
    var searchPath: String?

    private static let defaultSearchPath = "/usr/local/bin:/usr/bin:/bin"

    /// Returns the path of the file to execute.
    ///
    /// - Throws: ``FunctionError`` that says what is wrong with the file.
    func find(_ command: String) throws(FunctionError) -> String {
        guard !command.isEmpty, !command.utf8.contains(0) else {
            throw FunctionError(.commandNotFound, "the command is empty")
        }
        if command.contains("/") {
            let path = command.hasPrefix("/") ? command : "\(directory)/\(command)"
            if let problem = problem(path) { throw FunctionError(.commandNotFound, "\(path) \(problem)") }
            return path
        }
        var unusable: String?
        for entry in (searchPath ?? Self.defaultSearchPath).split(separator: ":") where entry.hasPrefix("/") {
            let path = "\(entry)/\(command)"
            guard let problem = problem(path) else { return path }
            if problem != Self.missing { unusable = unusable ?? "\(path) \(problem)" }
        }
        throw FunctionError(.commandNotFound, unusable ?? "command '\(command)' is not in PATH")
    }

    private static let missing = "does not exist"

    private func problem(_ path: String) -> String? {
        var information = stat()
        guard stat(path, &information) == 0 else {
            return errno == ENOENT ? Self.missing : "cannot be read: \(String(cString: strerror(errno)))"
        }
        guard information.st_mode & S_IFMT == S_IFREG else { return "is not a file" }
        guard access(path, X_OK) == 0 else { return "is not executable: chmod +x \(path)" }
        return interpreterProblem(path)
    }

    /// What is wrong with the program that the first line of a script names: `#!/usr/bin/env python3`.
    private func interpreterProblem(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        guard bytes.prefix(count).starts(with: Array("#!".utf8)) else { return nil }
        let line = String(decoding: bytes.prefix(count).dropFirst(2).prefix { $0 != 0x0A }, as: UTF8.self)
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard let interpreter = words.first, interpreter.hasPrefix("/") else { return nil }
        guard access(interpreter, X_OK) == 0 else { return "needs \(interpreter), which is not there (its first line)" }
        guard interpreter.hasSuffix("/env"), words.count == 2, !words[1].contains("/"), !words[1].hasPrefix("-") else {
            return nil
        }
        let folders = (searchPath ?? Self.defaultSearchPath).split(separator: ":")
        let isThere = folders.contains { access("\($0)/\(words[1])", X_OK) == 0 }
        return isThere ? nil : "needs \(words[1]), which is not in PATH (its first line)"
    }
}
