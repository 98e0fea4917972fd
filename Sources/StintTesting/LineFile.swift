// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// A file that several processes append lines to: each line is one write, so that none is torn.
///
/// What was written survives the death of the process that wrote it.
package final class LineFile: Sendable {
    private let descriptor: Int32

    /// Opens the file, or makes it.
    package init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StintTestingError("\(path) cannot be opened: \(SystemError.last)") }
    }

    deinit { close(descriptor) }

    /// Appends a line.
    ///
    /// Ends the process if it cannot: what happened and is not written down would look like a lost job.
    package func append(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { _exit(74) }
    }

    /// Nanoseconds of the clock that all processes of a machine share, and that nobody sets.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Returns the lines of a file, without one that is not finished; none if there is no such file.
    package static func lines(of path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path), let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        return String(decoding: data[...end], as: UTF8.self).split(separator: "\n")
    }
}

/// Ends this process as soon as its standard input is closed, so that it does not outlive the one that started it.
package func endWithStandardInput() {
    Thread.detachNewThread {
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) > 0 {}
        _exit(9)
    }
}
