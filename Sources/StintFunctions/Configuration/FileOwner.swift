// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks the system who owns a file and who may read it.
enum FileOwner {
    /// The user that this process acts as.
    static var current: uid_t { geteuid() }

    /// The file's owner, or `nil` if there is no such file.
    static func of(_ path: String) -> uid_t? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_uid : nil
    }

    /// Whether the file's group or all users may read it.
    static func isReadableByOthers(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & 0o044 != 0
    }
}
