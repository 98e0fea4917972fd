// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Opens files as the system does: what stands at a path stays what it is.
enum FileOpening {
    /// Returns a descriptor that no child inherits, or -1 and `errno`.
    static func open(_ path: String, _ flags: Int32) -> Int32 {
        while true {
            #if canImport(Glibc)
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o666)
            #elseif canImport(Musl)
            let descriptor = Musl.open(path, flags | O_CLOEXEC, 0o666)
            #else
            let descriptor = Darwin.open(path, flags | O_CLOEXEC, 0o666)
            #endif
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }
}
