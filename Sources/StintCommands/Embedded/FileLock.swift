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

/// A lock on a file between processes; the kernel frees it however its holder ends.
final class FileLock {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Takes the lock if it is free.
    ///
    /// - Returns: `nil` if somebody else holds it.
    /// - Throws: A failure if the file cannot be opened.
    static func take(_ path: String, creating: Bool = true) throws -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.failed, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        let lock = FileLock(descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else {
                throw CommandFailure(.failed, "cannot lock \(path): \(String(cString: strerror(errno)))")
            }
        }
        return lock
    }

    /// Whether somebody holds the lock on this file now.
    static func isHeld(_ path: String) -> Bool {
        guard access(path, F_OK) == 0, let lock = try? take(path, creating: false) else {
            return access(path, F_OK) == 0
        }
        _ = lock
        return false
    }

    /// Whether the locked file is still the one at that path: somebody may have removed the folder.
    func isAt(_ path: String) -> Bool {
        var own = stat()
        var other = stat()
        return fstat(descriptor, &own) == 0 && stat(path, &other) == 0 && own.st_ino == other.st_ino
            && own.st_dev == other.st_dev
    }

    /// Replaces what stands in the file.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
