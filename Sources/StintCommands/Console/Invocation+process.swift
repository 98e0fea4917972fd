// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Invocation {
    /// The real outside: this process, its descriptors and the system's clock.
    package static let process = Invocation(
        environment: ProcessInfo.processInfo.environment,
        directory: FileManager.default.currentDirectoryPath,
        executable: executablePath,
        arguments: Array(CommandLine.arguments.dropFirst()),
        terminalName: terminalName,
        output: .init(descriptor: STDOUT_FILENO), measureOutput: { .init(descriptor: STDOUT_FILENO) },
        errors: .init(descriptor: STDERR_FILENO),
        canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
        outputSink: DescriptorSink(STDOUT_FILENO),
        errorSink: DescriptorSink(STDERR_FILENO),
        readInput: { InputLines(descriptor: STDIN_FILENO) },
        now: { Int64(Date().timeIntervalSince1970 * 1_000) },
        pause: { try await Task.sleep(for: $0) },
        // Looked up when it is asked for, which most commands never do.
        timeZone: .autoupdatingCurrent)

    /// The path of the running program, also when it was found by `PATH`.
    private static var executablePath: String {
        #if os(Linux)
        // The link names the file even if the working directory has changed since.
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
        #endif
        return Bundle.main.executablePath ?? CommandLine.arguments[0]
    }

    /// The terminal's name, or the session's where no stream is a terminal.
    private static var terminalName: String {
        for descriptor in [STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO] {
            var name = [CChar](repeating: 0, count: 256)
            if ttyname_r(descriptor, &name, name.count) == 0 {
                let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return path.replacingOccurrences(of: "/dev/", with: "").replacingOccurrences(of: "/", with: "-")
            }
        }
        return "session-\(getsid(0))"
    }
}
