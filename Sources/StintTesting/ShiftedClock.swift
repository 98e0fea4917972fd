// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Foundation
import StintRedis

/// The wall clock of a `redis-server` that is started with ``environment``: this machine's, shifted at will.
///
/// The shim of `Tests/ClockShim` is compiled once into the folder, by `cc` or by the clang of the Swift toolchain. Linux
/// only.
package final class ShiftedClock: Sendable {
    /// What the server's environment must have.
    package let environment: [String: String]
    /// Mapped memory that the server reads; written in single stores.
    private nonisolated(unsafe) let shift: UnsafeMutableRawPointer

    /// Makes a clock that is not shifted.
    ///
    /// - Parameter folder: Where the compiled shim and the shift are kept.
    package init(folder: URL) throws {
        let library = folder.appendingPathComponent("clock-shim.so")
        try Self.compile(to: library)
        let file = folder.appendingPathComponent("clock-shift")
        try Data(count: 8).write(to: file)
        let descriptor = open(file.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.last }
        defer { close(descriptor) }
        guard let mapped = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED else {
            throw SystemError.last
        }
        shift = mapped
        environment = ["LD_PRELOAD": library.path, "STINT_CLOCK_FILE": file.path]
    }

    deinit { munmap(shift, 8) }

    /// Shifts the clock, by so much against this machine's; what it was shifted by before counts no more.
    package func set(_ shift: Duration) {
        let (seconds, attoseconds) = shift.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        self.shift.storeBytes(of: microseconds, as: Int64.self)
    }

    private static func compile(to library: URL) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Tests/ClockShim/clock_shim.c")
        var last = "there is neither cc nor clang"
        for compiler in ["cc", "clang"] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [compiler, "-O1", "-shared", "-fPIC", "-o", library.path, source.path]
            let output = Pipe()
            process.standardError = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            if process.terminationStatus == 0 { return }
            if process.terminationStatus != 127 { last = String(decoding: text, as: UTF8.self) }
        }
        throw StintTestingError("the clock shim cannot be compiled: \(last)")
    }
}
