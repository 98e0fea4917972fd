// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Keeps the newest bytes of a stream, up to a bound.
///
/// It holds at most twice the bound, so that the oldest bytes are moved out rarely: appending is O(1) a byte.
struct TailBuffer {
    private let bound: Int
    private var storage: [UInt8] = []
    /// How many bytes were received in all.
    private(set) var received = 0

    init(bound: Int) { self.bound = max(bound, 0) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        received += bytes.count
        if bytes.count >= bound {
            storage.removeAll(keepingCapacity: true)
            storage.append(contentsOf: bytes.suffix(bound))
            return
        }
        storage.append(contentsOf: bytes)
        if storage.count > 2 * bound { storage.removeFirst(storage.count - bound) }
    }

    /// The newest bytes.
    var bytes: [UInt8] { storage.count > bound ? Array(storage.suffix(bound)) : storage }

    /// How many of the oldest bytes are gone.
    var dropped: Int { max(received - bound, 0) }
}
