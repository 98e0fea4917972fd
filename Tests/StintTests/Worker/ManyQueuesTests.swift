// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization
import Testing

@testable import Stint

/// What a worker does at each answer must not grow with the square of its queues.
@Suite struct ManyQueuesTests {
    @Test("A worker of a thousand queues draws once for each claim, not once for each queue")
    func draws() {
        let random = CountingRandom()
        var bench = MachineBench(slots: 4, queues: (0..<1_000).map { ("queue-\($0)", 1) }, random: random)
        bench.perform { $0.begin(now: $1) }
        #expect(bench.advances.count == 4)
        let before = random.count
        for round in 0..<100 { bench.answer(bench.advances[round].queue, jobs: 0) }
        // A queue with a claim in flight may be drawn, too.
        #expect(random.count - before < 150)
        #expect(Set(bench.advances.map(\.queue)).count == 104)
    }

    /// Counts what is drawn.
    private final class CountingRandom: RandomSource {
        private let source = SplitMix64(seed: 7)
        private let drawn = Mutex(0)

        var count: Int { drawn.withLock { $0 } }

        func next() -> UInt64 {
            drawn.withLock { $0 += 1 }
            return source.next()
        }
    }
}
