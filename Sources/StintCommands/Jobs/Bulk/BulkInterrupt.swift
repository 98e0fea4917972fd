// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Remembers that the user pressed Ctrl-C: the first lets what is under way end, the second ends the process.
final class BulkInterrupt: Sendable {
    private let reader: BulkReader
    private let flag = Mutex(false)

    init(_ reader: BulkReader) { self.reader = reader }

    /// Whether to stop.
    var isSet: Bool { flag.withLock { $0 } }

    /// Takes a signal.
    func signal(_ number: Int32) {
        let isFirst = flag.withLock { flag in
            defer { flag = true }
            return !flag
        }
        guard isFirst else { _exit(128 + number) }
        reader.stop()
    }
}
