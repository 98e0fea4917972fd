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

/// Keeps the numbers 0, 1 and 2 for stdin, stdout and stderr.
enum StandardStreams {
    /// Occupies each of them that the caller closed (`<&-`, `>&-`), before a socket or file takes its number.
    ///
    /// It is opened the wrong way round: reading or writing is the error that it is on a closed stream.
    static func occupy() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", mode)
        }
    }
}
