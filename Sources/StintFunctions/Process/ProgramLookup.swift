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
            if let problem = Self.problem(path) { throw FunctionError(.commandNotFound, "\(path) \(problem)") }
            return path
        }
        var unusable: String?
        for entry in (searchPath ?? Self.defaultSearchPath).split(separator: ":") where entry.hasPrefix("/") {
            let path = "\(entry)/\(command)"
            guard let problem = Self.problem(path) else { return path }
            if problem != Self.missing { unusable = unusable ?? "\(path) \(problem)" }
        }
        throw FunctionError(.commandNotFound, unusable ?? "command '\(command)' is not in PATH")
    }

    private static let missing = "does not exist"

    private static func problem(_ path: String) -> String? {
        var information = stat()
        guard stat(path, &information) == 0 else {
            return errno == ENOENT ? missing : "cannot be read: \(String(cString: strerror(errno)))"
        }
        guard information.st_mode & S_IFMT == S_IFREG else { return "is not a file" }
        return access(path, X_OK) == 0 ? nil : "is not executable"
    }
}
