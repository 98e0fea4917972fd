// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system's random numbers, fetched many at a time: each fetch is a system call.
package struct SystemRandom: RandomSource {
    private static let stock = Mutex<[UInt64]>([])
    /// The kernel gives up to 256 bytes whole or not at all.
    private static let portion = 32

    /// Makes a source; all of them are equally random.
    package init() {}

    package func next() -> UInt64 {
        Self.stock.withLock { stock in
            if stock.isEmpty { stock = Self.fetch() }
            return stock.popLast() ?? Self.single()
        }
    }

    private static func fetch() -> [UInt64] {
        #if canImport(Glibc) || canImport(Musl)
        [UInt64](unsafeUninitializedCapacity: portion) { buffer, count in
            let bytes = portion * MemoryLayout<UInt64>.size
            count = buffer.baseAddress.map { getentropy($0, bytes) } == 0 ? portion : 0
        }
        #else
        []
        #endif
    }

    private static func single() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
