// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Stint

@Suite struct BatchQueueTests {
    @Test("The first job leaves alone; what arrives while all lanes are taken leaves together")
    func gathering() {
        var queue = BatchQueue<Int>(lanes: 2)
        queue.add(1, bytes: 10)
        #expect(queue.next() == [1])
        queue.add(2, bytes: 10)
        #expect(queue.next() == [2])
        for element in 3...5 { queue.add(element, bytes: 10) }
        #expect(queue.next() == nil)
        queue.laneFreed()
        #expect(queue.next() == [3, 4, 5])
        #expect(queue.isEmpty)
    }

    @Test("Single jobs fill batches of at most 100 jobs and 1 MiB")
    func singleBounds() {
        var queue = BatchQueue<Int>(lanes: 9)
        for element in 0..<250 { queue.add(element, bytes: 1) }
        #expect(queue.next()?.count == 100)
        #expect(queue.next()?.count == 100)
        #expect(queue.next()?.count == 50)
        for element in 0..<3 { queue.add(element, bytes: 600_000) }
        queue.add(9, bytes: 2 << 20)
        for expected in [[0], [1], [2], [9]] { #expect(queue.next() == expected) }
    }

    @Test("Jobs that came together travel in slices of 200 or 1 MiB, and nobody joins them")
    func slices() {
        var queue = BatchQueue<Int>(lanes: 9)
        queue.add(contentsOf: (0..<450).map { ($0, 1) })
        queue.add(-1, bytes: 1)
        #expect(queue.next() == Array(0..<200))
        #expect(queue.next() == Array(200..<400))
        #expect(queue.next() == Array(400..<450))
        #expect(queue.next() == [-1])
        queue.add(contentsOf: (0..<4).map { ($0, 400_000) })
        #expect(queue.next() == [0, 1])
        #expect(queue.next() == [2, 3])
    }

    @Test("What waited too long is taken without a lane, and the rest stays in its order")
    func overdue() {
        var queue = BatchQueue<Int>(lanes: 1)
        queue.add(contentsOf: (0..<1_200).map { ($0, 1) }, at: .seconds(1))
        queue.add(-1, bytes: 1, at: .seconds(2))
        queue.add(-2, bytes: 1, at: .seconds(9))
        queue.add(contentsOf: [(-3, 1)], at: .seconds(3))
        #expect(queue.takeOverdue(since: .milliseconds(999)) == [])
        #expect(queue.next() == Array(0..<200))
        // A batch counts from when it was begun.
        #expect(queue.takeOverdue(since: .seconds(2)) == Array(200..<1_200) + [-1, -2])
        #expect(queue.next() == nil)
        queue.laneFreed()
        #expect(queue.next() == [-3])
        #expect(queue.isEmpty)
    }

    @Test("Very many batches leave in their order")
    func many() {
        var queue = BatchQueue<Int>(lanes: 1)
        for element in 0..<5_000 { queue.add(contentsOf: [(element, 1)]) }
        for element in 0..<5_000 {
            #expect(queue.next() == [element])
            queue.laneFreed()
            if element % 3 == 0 { queue.add(contentsOf: [(5_000 + element / 3, 1)]) }
        }
        #expect(queue.next() == [5_000])
    }

    @Test("Nothing is begun by an empty slice")
    func empty() {
        var queue = BatchQueue<Int>(lanes: 1)
        queue.add(contentsOf: [])
        #expect(queue.next() == nil)
        #expect(queue.isEmpty)
    }
}
