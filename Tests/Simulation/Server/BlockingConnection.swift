// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis

/// A connection to a Unix socket that waits for each reply on the calling thread, so that nothing else happens
/// meanwhile.
///
/// Confined to one thread.
final class BlockingConnection: @unchecked Sendable {
    private let descriptor: CInt
    private let reader: ReplyReader
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
    /// A checksum of the bytes of the last replies.
    private(set) var checksum: UInt64 = 0

    init(socketPath: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        reader = try ReplyReader()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8.prefix(107)) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SimulationError("no connection to \(socketPath)") }
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Sends commands together and returns their replies.
    func ask(_ commands: [RedisCommand]) throws -> [RedisValue] {
        try send(commands)
        return try receive(commands.count)
    }

    /// Sends commands together.
    func send(_ commands: [RedisCommand]) throws {
        var bytes = commands[0].bytes
        for command in commands.dropFirst() { bytes += command.bytes }
        try write(bytes)
    }

    /// Waits for so many replies.
    func receive(_ number: Int) throws -> [RedisValue] {
        var replies: [RedisValue] = []
        var all: [UInt8] = []
        while replies.count < number {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { throw SimulationError("redis-server closed the connection") }
            let received = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            all.append(contentsOf: received)
            try reader.read(received) { replies.append($0) }
        }
        // Of all at once: where one read ends and the next begins is chance.
        checksum = all.withUnsafeBytes { Checksum.of($0) }
        return replies
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return Foundation.send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SimulationError("redis-server closed the connection") }
            sent += count
        }
    }
}

/// A checksum for telling histories apart; no secret.
enum Checksum {
    static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt64 = 0) -> UInt64 {
        var sum = start ^ 0xcbf2_9ce4_8422_2325
        var at = 0
        while at + 8 <= bytes.count {
            sum = (sum ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x100_0000_01b3
            sum ^= sum >> 29
            at += 8
        }
        while at < bytes.count {
            sum = (sum ^ UInt64(bytes[at])) &* 0x100_0000_01b3
            at += 1
        }
        return sum
    }

    static func of(_ text: String, after start: UInt64) -> UInt64 {
        var text = text
        return text.withUTF8 { of(UnsafeRawBufferPointer($0), after: start) }
    }
}
