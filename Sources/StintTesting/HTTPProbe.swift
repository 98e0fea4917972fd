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

/// Asks an HTTP server of this machine, for tests.
package enum HTTPProbe {
    /// Sends the bytes to a port of the loopback and returns all that comes back, or nil if nobody listens.
    package static func exchange(_ request: String, port: Int) -> String? {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let bytes = Array(request.utf8)
        guard isConnected, bytes.isEmpty || write(descriptor, bytes, bytes.count) == bytes.count else { return nil }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: reply, as: UTF8.self) }
            reply += buffer[..<count]
        }
    }

    /// Asks for a path; returns the status and the body.
    package static func get(_ path: String, port: Int) -> (status: Int, body: String)? {
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        guard let reply = exchange(request, port: port), let end = reply.firstRange(of: "\r\n\r\n") else { return nil }
        let words = reply.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let status = Int(words[1]) else { return nil }
        return (status, String(reply[end.upperBound...]))
    }
}
