// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Reads commands as they go over the wire and into an append-only file.
struct AppendOnlyReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether everything was read; not so if the end is cut off.
    var isAtEnd: Bool { at == bytes.count }

    /// Returns the next command and its arguments; nil at the end, or where the rest is no whole command.
    mutating func next() -> [UnsafeRawBufferPointer]? {
        let start = at
        while at < bytes.count, bytes[at] == UInt8(ascii: "#") { skipLine() }
        guard let count = number(after: UInt8(ascii: "*")) else {
            at = start
            return nil
        }
        var arguments: [UnsafeRawBufferPointer] = []
        arguments.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = number(after: UInt8(ascii: "$")), at + length + 2 <= bytes.count else {
                at = start
                return nil
            }
            arguments.append(UnsafeRawBufferPointer(rebasing: bytes[at..<at + length]))
            at += length + 2
        }
        return arguments
    }

    private mutating func number(after mark: UInt8) -> Int? {
        guard at < bytes.count, bytes[at] == mark else { return nil }
        at += 1
        var value = 0
        while at < bytes.count, bytes[at] != UInt8(ascii: "\r") {
            value = value * 10 + Int(bytes[at]) - 48
            at += 1
        }
        at += 2
        return at <= bytes.count ? value : nil
    }

    private mutating func skipLine() {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        at = min(at + 1, bytes.count)
    }
}

extension UnsafeRawBufferPointer {
    var text: String { String(decoding: self, as: UTF8.self) }

    /// A big-endian number.
    func number(from start: Int, bytes: Int) -> Int64 {
        guard start + bytes <= count else { return -1 }
        var value: Int64 = 0
        for at in start..<start + bytes { value = value << 8 | Int64(self[at]) }
        return value
    }
}
