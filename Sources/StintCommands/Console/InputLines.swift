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

/// Reads a descriptor line by line or whole, in bounded memory, without decoding anything.
///
/// Reading blocks its thread: a million lines are read from a pipe without a suspension each.
package struct InputLines: IteratorProtocol, Sendable {
    private let read: @Sendable (UnsafeMutableRawBufferPointer) -> Result<Int, TextSinkError>
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Why reading ended before the end of the input, if it did.
    package private(set) var error: TextSinkError?

    /// Reads a file descriptor.
    package init(descriptor: Int32) {
        read = { Self.system(descriptor, $0) }
    }

    /// Reads bytes that are there already.
    package init(bytes: [UInt8]) {
        read = { _ in .success(0) }
        buffer = bytes
    }

    /// Returns the next line without its line feed, or `nil` at the end and at an error: half a line is no line.
    package mutating func next() -> [UInt8]? { next(limit: .max) }

    /// Returns the next line as ``next()`` does, and of a line over the limit at least its first `limit` bytes: what
    /// has been read of it.
    ///
    /// The rest comes as a line of its own.
    package mutating func next(limit: Int) -> [UInt8]? {
        var searched = 0
        while true {
            if let end = buffer[(position + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            searched = buffer.count - position
            guard searched < limit, fill() else { break }
        }
        guard position < buffer.count, error == nil else { return nil }
        defer { position = buffer.count }
        return Array(buffer[position...])
    }

    /// Returns everything that is left, or `nil` if it is more than `limit` bytes; after an error what came before it.
    package mutating func all(limit: Int) -> [UInt8]? {
        while buffer.count - position <= limit, fill() {}
        guard buffer.count - position <= limit else { return nil }
        defer { position = buffer.count }
        return Array(buffer[position...])
    }

    private mutating func fill() -> Bool {
        guard !isAtEnd else { return false }
        let size = 65_536
        buffer.removeFirst(position)
        position = 0
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: size))
        var count = 0
        switch buffer.withUnsafeMutableBytes({ read(.init(rebasing: $0[old...])) }) {
        case .success(let number): count = number
        case .failure(let failure): error = failure
        }
        buffer.removeLast(size - count)
        isAtEnd = count == 0
        return count > 0
    }

    private static func system(
        _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer
    ) -> Result<Int, TextSinkError> {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return .success(count) }
            if errno == EAGAIN {
                var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&poller, 1, -1)
            } else if errno != EINTR {
                return .failure(TextSinkError(code: errno))
            }
        }
    }
}
