// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// The wall clock of a private `redis-server`: it stands until somebody sets it, or goes with this machine's, shifted.
///
/// So what scripts do with time can be foretold to the microsecond. A change holds for the next command. Linux only.
package final class ServerClock: Sendable {
    /// Where a clock stands that nobody has set: 14 November 2023, in microseconds since 1970.
    package static let start: Int64 = 1_700_000_000_000_000

    /// What the server's environment must have.
    package let environment: [String: String]
    /// What the server's configuration must have: its jemalloc would wait for moments of the wall clock, find that all of
    /// them are over, and keep a processor busy.
    package let configuration = ["jemalloc-bg-thread no"]

    private let folder: URL
    /// Mapped memory that the server reads; written in single stores.
    private nonisolated(unsafe) let page: UnsafeMutablePointer<Int64>

    /// Makes a clock that stands, at an instant in microseconds since 1970.
    package convenience init(standingAt microseconds: Int64 = start) throws {
        try self.init(microseconds, goesOn: false)
    }

    /// Makes a clock that goes with this machine's, not yet shifted.
    package static func going() throws -> ServerClock { try ServerClock(0, goesOn: true) }

    private init(_ microseconds: Int64, goesOn: Bool) throws {
        folder = URL(filePath: "/tmp/stint-clock-" + String(SystemRandom().next(), radix: 16))
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let path = folder.appending(path: "clock").path
        environment = ["LD_PRELOAD": try Self.library.get(), "STINT_CLOCK": path]
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError.last }
        defer { close(file) }
        guard ftruncate(file, 16) == 0, let mapped = mmap(nil, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            mapped != MAP_FAILED
        else { throw SystemError.last }
        page = mapped.bindMemory(to: Int64.self, capacity: 2)
        page[1] = goesOn ? 1 : 0
        page[0] = microseconds
    }

    deinit {
        munmap(page, 16)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Where the clock stands, or what it is shifted by.
    package var microseconds: Int64 {
        get { page[0] }
        set { page[0] = newValue }
    }

    /// Shifts a clock that goes on by so much against this machine's; what it was shifted by before counts no more.
    package func shift(by shift: Duration) {
        let (seconds, attoseconds) = shift.components
        page[0] = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// The compiled shim, in a folder that goes with this process.
    private static let library = Result { () throws -> String in
        let path = "/tmp/stint-clock-" + String(SystemRandom().next(), radix: 16)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        libraryFolder = path
        atexit { if let folder = libraryFolder { try? FileManager.default.removeItem(atPath: folder) } }
        let library = URL(filePath: path).appending(path: "clock.so")
        try PreloadedLibrary.compile("Tests/ClockShim/clock.c", to: library)
        return library.path
    }
}

/// Written once, before it is read at the end of the process.
nonisolated(unsafe) private var libraryFolder: String?
