// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// A child process: a program of the build, with its output in files.
final class Child: Sendable {
    enum End: Equatable, Sendable {
        case status(Int32)
        case signal(Int32)
    }

    private final class EndBox: Sendable {
        let value = Mutex<End?>(nil)
    }

    let pid: pid_t
    private let output: URL
    private let errors: URL
    private let ending: EndBox
    private let lifeline: Int32

    /// Starts a program of the build.
    ///
    /// - Parameters:
    ///   - input: A file for stdin; otherwise stdin is a pipe that closes when this object, or this process, goes.
    ///   - folder: Where its output is kept, its home, and where it works.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: URL? = nil, folder: URL
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Products.path(program))
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("STINT_") }
        variables["HOME"] = folder.path
        variables["XDG_STATE_HOME"] = folder.path
        process.environment = variables.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let mark = "\(program)-\(UUID().uuidString.prefix(8))"
        output = folder.appendingPathComponent("\(mark).out")
        errors = folder.appendingPathComponent("\(mark).err")
        process.standardOutput = try Self.handle(output)
        process.standardError = try Self.handle(errors)
        var ends: [Int32] = [-1, -1]
        if let input {
            process.standardInput = try FileHandle(forReadingFrom: input)
        } else {
            guard pipe(&ends) == 0 else { throw CocoaError(.fileNoSuchFile) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        }
        lifeline = ends[1]
        let ending = EndBox()
        process.terminationHandler = { process in
            let status = process.terminationStatus
            ending.value.withLock { $0 = process.terminationReason == .exit ? .status(status) : .signal(status) }
        }
        try process.run()
        pid = process.processIdentifier
        self.ending = ending
    }

    deinit {
        kill()
        if lifeline >= 0 { close(lifeline) }
    }

    /// How it ended; nil while it runs.
    var end: End? { ending.value.withLock { $0 } }

    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Sends a signal, unless the process has ended: its id may be another's then.
    func signal(_ number: Int32) {
        if end == nil { Foundation.kill(pid, number) }
    }

    func kill() { signal(SIGKILL) }

    /// Waits until it has ended, and returns how.
    func wait(within limit: Duration = .seconds(60)) async throws -> End {
        try await eventually("process \(pid) ends: \(standardError.suffix(500))", within: limit) { end != nil }
        return end ?? .status(-1)
    }

    private static func handle(_ file: URL) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        return try FileHandle(forWritingTo: file)
    }
}
