// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A peer on a Unix socket that answers INFO with a text of its own and everything else with OK, or nothing at all.
final class FakeRedis: Sendable {
    let socketPath: String
    private let listener: Int32

    /// Listens in a folder.
    ///
    /// - Parameter info: What INFO says; `nil` for a peer that takes connections and never answers.
    init(in folder: String, info: String?) throws {
        socketPath = folder + "/fake.sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let descriptor = listener
        Thread.detachNewThread {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                Thread.detachNewThread { Self.serve(peer, info) }
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ peer: Int32, _ info: String?) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(peer, &buffer, buffer.count)
            guard count > 0 else { break }
            guard let info else { continue }
            // Each command begins with its number of arguments.
            for command in String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "*") {
                let reply = command.contains("INFO") ? "$\(info.utf8.count)\r\n\(info)\r\n" : "+OK\r\n"
                _ = reply.withCString { write(peer, $0, strlen($0)) }
            }
        }
        close(peer)
    }
}
