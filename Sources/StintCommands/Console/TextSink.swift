// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes what a command prints.
package protocol TextSink: Sendable {
    /// Writes all of the bytes, or throws.
    func write(_ bytes: [UInt8]) throws(TextSinkError)
}

extension TextSink {
    /// Writes all of the text, or throws.
    package func write(_ text: String) throws(TextSinkError) { try write(Array(text.utf8)) }
}

/// Why a text could not be written, or input not be read: the `errno` of the call.
package struct TextSinkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The number of the system's error.
    package let code: Int32

    /// Creates an error.
    package init(code: Int32) { self.code = code }

    /// Whether the reader has gone away, as `head` does when it has seen enough.
    package var isReaderGone: Bool { code == EPIPE }

    /// The system's words for it.
    package var description: String { String(cString: strerror(code)) }
}

/// Writes to a file descriptor, unbuffered.
package struct DescriptorSink: TextSink {
    /// The descriptor, which somebody else opened and closes.
    package let descriptor: Int32

    /// Creates a sink.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of the bytes, waiting where the descriptor is slow.
    package func write(_ bytes: [UInt8]) throws(TextSinkError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { system(descriptor, $0) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&poller, 1, 1_000)
            } else if errno != EINTR {
                throw TextSinkError(code: errno)
            }
        }
    }

    private func system(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

/// Keeps what is written, for tests that call commands in process.
package final class MemorySink: TextSink {
    private struct State {
        var bytes: [UInt8] = []
        var writes = 0
    }
    private let state = Mutex(State())
    private let limit: Int

    /// Creates a sink whose reader goes away after `limit` writes.
    package init(closesAfter limit: Int = .max) { self.limit = limit }

    /// Everything written so far, with bytes that are no UTF-8 replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Everything written so far.
    package var bytes: [UInt8] { state.withLock { $0.bytes } }

    /// Keeps the bytes.
    package func write(_ bytes: [UInt8]) throws(TextSinkError) {
        let isOpen = state.withLock { state in
            guard state.writes < limit else { return false }
            state.writes += 1
            state.bytes += bytes
            return true
        }
        guard isOpen else { throw TextSinkError(code: EPIPE) }
    }
}
