// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import Synchronization

/// Stands between a client and Redis on Unix sockets and cuts the connection within one script call: after so many bytes
/// of its request or of its reply.
final class StepProxy: Sendable {
    enum Cut: Sendable, Hashable {
        /// Redis gets so many bytes of the request, then both ends are closed.
        case request(Int)
        /// Redis gets the request, the client so many bytes of the reply, then both ends are closed.
        case reply(Int)
    }

    private struct State {
        /// What the call to be cut contains; nil once it came.
        var marker: [UInt8]?
        var cut: Cut?
        var cuts = 0
        var request: [UInt8] = []
        var reply: [UInt8] = []
    }

    let path: String
    private let upstream: String
    private let listener: Int32
    private let state = Mutex(State())

    init(path: String, upstream: String) throws {
        self.path = path
        self.upstream = upstream
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isListening = Self.withAddress(path) { bind(listener, $0, $1) } == 0 && listen(listener, 64) == 0
        guard listener >= 0, isListening else { throw CocoaError(.fileWriteUnknown) }
        Thread.detachNewThread { self.accept() }
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
        unlink(path)
    }

    /// Cuts the next call of a script; nil only measures it.
    func arm(_ sha1: String, _ cut: Cut?) {
        state.withLock { state in
            let name = Scripts.all.first { $0.sha1 == sha1 }?.digestCommand ?? "EVALSHA"
            state.marker = Array("$\(name.utf8.count)\r\n\(name)\r\n$40\r\n\(sha1)".utf8)
            (state.cut, state.cuts, state.request, state.reply) = (cut, 0, [], [])
        }
    }

    /// How often it has cut since it was armed: once, or the call never came.
    var cuts: Int { state.withLock { $0.cuts } }

    /// The request and reply that were measured.
    var measured: (request: [UInt8], reply: [UInt8]) { state.withLock { ($0.request, $0.reply) } }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard Self.withAddress(upstream, { connect(server, $0, $1) }) == 0 else {
                Foundation.close(client)
                Foundation.close(server)
                continue
            }
            Thread.detachNewThread {
                self.pass(client, server)
                Foundation.close(client)
                Foundation.close(server)
            }
        }
    }

    private func pass(_ client: Int32, _ server: Int32) {
        var isMeasuring = false
        var left: Int?
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var ends = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&ends, 2, -1) > 0 {
            if ends[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { return }
                let chunk = buffer[..<count]
                if let start = start(of: chunk) {
                    switch state.withLock(\.cut) {
                    case .request(let length):
                        _ = Self.write(chunk[..<(start + length)], to: server)
                        return state.withLock { $0.cuts += 1 }
                    case .reply(let length): left = length
                    case nil:
                        isMeasuring = true
                        state.withLock { $0.request = Array(chunk[start...]) }
                    }
                }
                guard Self.write(chunk, to: server) else { return }
            }
            if ends[1].revents != 0 {
                let count = read(server, &buffer, buffer.count)
                guard count > 0 else { return }
                let chunk = buffer[..<count]
                if isMeasuring { state.withLock { $0.reply += chunk } }
                guard Self.write(chunk.prefix(left ?? count), to: client) else { return }
                if let most = left {
                    guard count <= most else { return state.withLock { $0.cuts += 1 } }
                    left = most - count
                }
            }
        }
    }

    /// Where the call begins that is to be cut, if it is in these bytes.
    private func start(of chunk: ArraySlice<UInt8>) -> Int? {
        state.withLock { state in
            guard let marker = state.marker, let range = chunk.firstRange(of: marker) else { return nil }
            state.marker = nil
            return chunk[..<range.lowerBound].lastIndex(of: UInt8(ascii: "*"))
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
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
