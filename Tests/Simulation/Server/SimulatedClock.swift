// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The wall clock of a simulated Redis: a number in a file that both processes have mapped.
///
/// It stands still until it is set. Confined to one thread.
final class SimulatedClock: @unchecked Sendable {
    /// Where the simulation begins: 14 November 2023.
    static let start: Int64 = 1_700_000_000_000_000

    let path: String
    private let page: UnsafeMutablePointer<Int64>

    init(directory: String) throws {
        path = directory + "/clock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, ftruncate(file, 4096) == 0 else { throw SimulationError("the file \(path) cannot be made") }
        defer { close(file) }
        guard let mapped = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED else {
            throw SimulationError("the file \(path) cannot be mapped")
        }
        page = mapped.bindMemory(to: Int64.self, capacity: 1)
        microseconds = Self.start
    }

    deinit { munmap(page, 4096) }

    /// What Redis takes for the time.
    var microseconds: Int64 {
        get { page.pointee }
        set { page.pointee = newValue }
    }

    /// Compiles the shim into a directory and returns the path of its library.
    static func compileShim(into directory: String) throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Shim/clock.c").path
        let library = directory + "/clock.so"
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/bin/sh")
        // A toolchain of Swift has clang, if nothing else.
        let command = #"exec "$(command -v cc || command -v clang)" -shared -fPIC -O2 -o "$1" "$2""#
        compiler.arguments = ["-c", command, "sh", library, source]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            throw SimulationError("\(source) could not be compiled; a C compiler is needed")
        }
        return library
    }
}

/// Why a simulation could not be run; never a finding.
struct SimulationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
