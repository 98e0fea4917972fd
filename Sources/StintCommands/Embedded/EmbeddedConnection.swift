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

/// One open connection to the private server, spoken by hand: it asks little, and above all it is there.
///
/// The supervisor counts connections. A command holds this one from before it was sure that the server runs until it
/// ends, so the server cannot be stopped for idleness in between.
package final class EmbeddedConnection: Sendable {
    /// What a server says to PING.
    enum Answer: Hashable {
        /// It takes commands.
        case ready
        /// It reads its data and takes none yet.
        case loading
        /// Nobody answers.
        case none
    }

    let descriptor: Int32

    /// Connects; `nil` if nobody listens, or if the socket belongs to another user.
    package init?(socketPath: String) {
        var information = stat()
        // In a shared folder somebody else could listen in our server's place.
        guard lstat(socketPath, &information) == 0, information.st_uid == getuid() else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            guard socketPath.utf8.count < buffer.count else { return false }
            buffer.copyBytes(from: socketPath.utf8)
            return true
        }
        #if canImport(Darwin)
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard fits, descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard isConnected else { return nil }
    }

    deinit { close(descriptor) }

    /// Asks whether the server takes commands.
    func ping() -> Answer {
        let reply = ask("PING\r\n")
        if reply.hasPrefix("+PONG") { return .ready }
        return reply.hasPrefix("-LOADING") || reply.isEmpty && isOpen ? .loading : .none
    }

    /// Counts the connections to the server, this one included; `nil` if it does not answer.
    package func clients() -> Int? {
        let reply = ask("INFO clients\r\n")
        for line in reply.split(whereSeparator: \.isNewline) where line.hasPrefix("connected_clients:") {
            return Int(line.dropFirst("connected_clients:".count))
        }
        return nil
    }

    /// Whether the server has not closed the connection.
    var isOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Sends one inline command and returns the first piece of the reply, which holds all that is asked here.
    private func ask(_ command: String) -> String {
        let bytes = Array(command.utf8)
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        guard send(descriptor, bytes, bytes.count, flags) == bytes.count else { return "" }
        let reply = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return String(decoding: reply, as: UTF8.self)
    }
}
