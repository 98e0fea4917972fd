// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Stands between a client and Redis on Unix sockets, and can keep a reply back for good.
///
/// Once armed, the first request that contains the marker is passed on, but nothing that Redis answers on that
/// connection reaches the client any more; ``cut()`` then closes it. Other connections go on.
final class CuttingProxy: Sendable {
    private struct State {
        var marker: [UInt8]?
        var held: (client: Int32, server: Int32)?
        var bytesKept = 0
        var isClosed = false
    }

    let path: String
    private let upstream: String
    private let listener: Int32
    private let state = Mutex(State())

    var url: String { "redis+unix://\(path)" }

    init(path: String, upstream: String) throws {
        self.path = path
        self.upstream = upstream
        listener = socket(AF_UNIX, streamSocket, 0)
        let isListening = Self.withAddress(path) { bind(listener, $0, $1) } == 0 && listen(listener, 16) == 0
        guard listener >= 0, isListening else { throw CocoaError(.fileWriteUnknown) }
        Thread.detachNewThread { self.accept() }
    }

    /// The next request with these bytes in it loses its reply.
    func arm(_ marker: String) { state.withLock { $0.marker = Array(marker.utf8) } }

    /// Whether a reply of Redis was kept back.
    var hasKeptReply: Bool { state.withLock { $0.bytesKept > 0 } }

    /// Closes the connection whose reply was kept back.
    func cut() {
        let held = state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
        guard let held else { return }
        for end in [held.client, held.server] { shutdown(end, bothWays) }
    }

    func close() {
        cut()
        state.withLock { $0.isClosed = true }
        shutdown(listener, bothWays)
        Foundation.close(listener)
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_UNIX, streamSocket, 0)
            guard Self.withAddress(upstream, { connect(server, $0, $1) }) == 0 else {
                Foundation.close(client)
                Foundation.close(server)
                continue
            }
            Thread.detachNewThread { self.passRequests(from: client, to: server) }
            Thread.detachNewThread { self.passReplies(from: server, to: client) }
        }
    }

    private func passRequests(from client: Int32, to server: Int32) {
        Self.pump(from: client) { bytes in
            self.state.withLock { state in
                guard let marker = state.marker, Data(bytes).range(of: Data(marker)) != nil else { return }
                state.marker = nil
                state.held = (client, server)
            }
            return Self.write(bytes, to: server)
        }
        shutdown(server, bothWays)
    }

    private func passReplies(from server: Int32, to client: Int32) {
        Self.pump(from: server) { bytes in
            let isHeld = self.state.withLock { state in
                guard state.held?.server == server else { return false }
                state.bytesKept += bytes.count
                return true
            }
            return isHeld || Self.write(bytes, to: client)
        }
        shutdown(client, bothWays)
        // Both threads have ended, or end at once, and neither descriptor is named again.
    }

    private static func pump(from source: Int32, _ body: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0, body(buffer[..<count]) else { return }
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(target, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

#if canImport(Darwin)
private let streamSocket = SOCK_STREAM
private let bothWays = SHUT_RDWR
private let noSignal: Int32 = 0
#else
private let streamSocket = Int32(SOCK_STREAM.rawValue)
private let bothWays = Int32(SHUT_RDWR)
private let noSignal = Int32(MSG_NOSIGNAL)
#endif
