// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Stint

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who may read a file of keys.
enum KeyFileAccess {
    /// Refuses a file that others than its owner may read or write.
    static func check(_ path: String) throws(StintError) {
        var information = stat()
        guard stat(path, &information) == 0 else {
            throw StintError(
                .invalidInput, "The key file \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw StintError(.invalidInput, "The key file \(path) is no regular file.")
        }
        guard information.st_mode & 0o077 == 0 else {
            throw StintError(.invalidInput, "The key file \(path) can be read by other users: chmod 600 \(path)")
        }
        guard information.st_uid == geteuid() || information.st_uid == 0 else {
            throw StintError(.invalidInput, "The key file \(path) belongs to another user.")
        }
    }

    /// Writes a file of mode 600 beside `path` and puts it in its place, so that it is never there in part.
    static func write(_ text: String, to path: String) throws(StintError) {
        let draft = "\(path).new-\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed(path) }
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeBytes(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isWritten = rest.isEmpty && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, path) == 0 else {
            let error = failed(path)
            unlink(draft)
            throw error
        }
    }

    private static func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func failed(_ path: String) -> StintError {
        StintError(.invalidInput, "The key file \(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
#endif
