// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// The wall clock of a private Redis, which stands still until a test steps it.
///
/// So what scripts do with time can be foretold to the microsecond. Linux only.
///
/// The shim in `Tests/ClockShim` is compiled once a process, by the machine's C compiler or that of the Swift toolchain.
final class StandingClock: Sendable {
    /// A server that reads this clock.
    let executable: String
    private let folder: String
    private let file: FileHandle

    /// Makes a clock that stands at an instant, in microseconds since 1970.
    init(at microseconds: Int64 = 1_700_000_000_000_000) throws {
        folder = try Self.makeFolder()
        executable = folder + "/redis"
        try FileManager.default.createSymbolicLink(atPath: executable, withDestinationPath: try Self.server.get())
        let path = folder + "/clock"
        try Data(count: 8).write(to: URL(filePath: path))
        file = try FileHandle(forUpdating: URL(filePath: path))
        try set(microseconds)
    }

    deinit {
        try? file.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Sets the clock; it holds for the next command.
    func set(_ microseconds: Int64) throws {
        try file.seek(toOffset: 0)
        try file.write(contentsOf: withUnsafeBytes(of: microseconds) { Data($0) })
    }

    private static func makeFolder() throws -> String {
        let path = "/tmp/stint-clock-" + String(SystemRandom().next(), radix: 16)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        return path
    }

    /// The script that starts a server with the compiled shim and the clock beside the path it is called by.
    ///
    /// It lies in a folder that goes with this process. Another program writes it: a child that a thread starts meanwhile would have it open, and what is open for writing
    /// cannot be run. Nor is there a pipe to that program, which such a child could keep open.
    private static let server = Result {
        let folder = try makeFolder()
        serverFolder = folder
        atexit { if let folder = serverFolder { try? FileManager.default.removeItem(atPath: folder) } }
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "ClockShim/standing_clock.c").path
        let script = """
            exec 2> '\(folder)/problems'
            compiler=$(command -v cc || command -v clang) || { echo 'there is neither cc nor clang' >&2; exit 1; }
            "$compiler" -O1 -shared -fPIC -o '\(folder)/clock.so' '\(source)' || exit 1
            cat > '\(folder)/redis' <<END
            #!/bin/sh
            LD_PRELOAD=\(folder)/clock.so STINT_STANDING_CLOCK=\\${0%/*}/clock exec redis-server "\\$@"
            END
            chmod 700 '\(folder)/redis'
            """
        guard system(script) == 0 else {
            let problems = try? String(contentsOfFile: folder + "/problems", encoding: .utf8)
            throw ClockError(description: "the clock shim cannot be compiled: \(problems ?? "")")
        }
        return folder + "/redis"
    }

    private struct ClockError: Error, CustomStringConvertible { let description: String }
}

/// Written once, before it is read at the end of the process.
nonisolated(unsafe) private var serverFolder: String?
