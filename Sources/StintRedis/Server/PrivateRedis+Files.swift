// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PrivateRedis {
    /// Whether a server takes commands at that socket; one that still loads its data does not.
    static func answers(_ socketPath: String) -> Bool {
        #if canImport(Darwin)
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8.prefix(socketPathLimit)) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { return false }
        var patience = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let ping = Array("PING\r\n".utf8)
        guard write(descriptor, ping, ping.count) == ping.count else { return false }
        let reply = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        // Any other reply, NOAUTH among them, comes from a server that is up.
        return !reply.isEmpty && !reply.starts(with: "-LOADING".utf8)
    }

    /// Makes a directory that only this user may enter.
    ///
    /// One that exists is taken as it is, unless `mustBeOwn`.
    static func makePrivate(_ path: String, mustBeOwn: Bool) throws(PrivateRedisError) {
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else {
            throw failed("the directory \(path) cannot be made: \(SystemError.last)")
        }
        guard mustBeOwn else { return }
        var information = stat()
        guard lstat(path, &information) == 0, information.st_uid == getuid(),
            information.st_mode & S_IFMT == S_IFDIR, information.st_mode & 0o077 == 0
        else {
            throw failed("the directory \(path) belongs to somebody else or can be entered by others")
        }
    }

    /// Returns the end of what was logged after `start`, which says why a start failed.
    static func lastLines(of path: String, from start: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "no log" }
        defer { close(descriptor) }
        lseek(descriptor, off_t(start), SEEK_SET)
        let bytes = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? "it said nothing" : lines.suffix(6).joined(separator: " | ")
    }
}

/// Removes a directory with all that is in it; what cannot be removed stays.
func removeDirectory(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name == "." || name == ".." { continue }
        let child = "\(path)/\(name)"
        var information = stat()
        if lstat(child, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
            removeDirectory(child)
        } else {
            unlink(child)
        }
    }
    closedir(directory)
    rmdir(path)
}
