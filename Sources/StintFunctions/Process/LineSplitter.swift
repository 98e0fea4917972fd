// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream into lines, and lines that are too long down to a bound, in bounded memory.
struct LineSplitter {
    /// One line without its end.
    struct Line: Equatable {
        var bytes: [UInt8]
        /// How many bytes beyond the bound are gone.
        var cut: Int

        /// The line as text: invalid UTF-8 repaired, and what was cut said.
        var text: String {
            let text = String(decoding: bytes, as: UTF8.self)
            return cut == 0 ? text : "\(text)… [\(cut) bytes cut]"
        }
    }

    private let bound: Int
    private var current = Line(bytes: [], cut: 0)

    init(bound: Int) { self.bound = bound }

    /// Takes bytes and hands out the lines that end in them.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ deliver: (Line) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[rest.startIndex..<end])
            if current.cut == 0, current.bytes.last == UInt8(ascii: "\r") { current.bytes.removeLast() }
            deliver(current)
            current = Line(bytes: [], cut: 0)
            rest = rest[(end + 1)...]
        }
        keep(rest)
    }

    /// Hands out the last line if it has no end of its own.
    mutating func finish(_ deliver: (Line) -> Void) {
        guard !current.bytes.isEmpty else { return }
        deliver(current)
        current = Line(bytes: [], cut: 0)
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let room = bound - current.bytes.count
        current.bytes.append(contentsOf: bytes.prefix(room))
        current.cut += max(bytes.count - room, 0)
    }
}
