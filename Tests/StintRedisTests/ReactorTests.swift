// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization
import Testing

@Suite struct ReactorTests {
    @Test("A stepped reactor runs what is due, by time and then by order of scheduling")
    func order() {
        let reactor = SteppedReactor()
        let history = History()
        reactor.schedule(after: .seconds(2)) { history.add("two", reactor.now) }
        reactor.schedule(after: .seconds(1)) { history.add("one", reactor.now) }
        reactor.schedule(after: .seconds(1)) { history.add("one again", reactor.now) }
        reactor.execute { history.add("now", reactor.now) }
        #expect(history.lines.isEmpty && reactor.pendingCount == 4)
        reactor.advance(by: .seconds(1))
        #expect(history.lines == ["now 0", "one 1", "one again 1"])
        reactor.advance(by: .seconds(5))
        #expect(history.lines.last == "two 2")
        #expect(reactor.now == .seconds(6) && reactor.nextDue == nil)
    }

    @Test("What bodies schedule runs in the same step where it falls into it")
    func chains() {
        let reactor = SteppedReactor()
        let history = History()
        @Sendable func tick() {
            history.add("tick", reactor.now)
            reactor.schedule(after: .seconds(1)) { tick() }
        }
        tick()
        reactor.advance(by: .seconds(3))
        #expect(history.lines == ["tick 0", "tick 1", "tick 2", "tick 3"])
    }

    @Test("A cancelled timer does not run")
    func cancels() {
        let reactor = SteppedReactor()
        let history = History()
        let timer = reactor.schedule(after: .seconds(1)) { history.add("late", reactor.now) }
        reactor.execute { timer.cancel() }
        reactor.advance(by: .seconds(2))
        #expect(history.lines.isEmpty && reactor.pendingCount == 0)
    }

    @Test("A stepped reactor is current only inside of its bodies")
    func current() {
        let reactor = SteppedReactor()
        let seen = Mutex(false)
        reactor.execute { seen.withLock { $0 = reactor.isCurrent } }
        #expect(!reactor.isCurrent)
        reactor.runPending()
        #expect(seen.withLock { $0 } && !reactor.isCurrent)
    }

    @Test("The event loop's reactor runs in order, on its loop, and not before its time")
    func eventLoop() async {
        let reactor = NIOReactor()
        let start = reactor.now
        let isCurrent = await withCheckedContinuation { continuation in
            reactor.schedule(after: .milliseconds(20)) { continuation.resume(returning: reactor.isCurrent) }
        }
        #expect(isCurrent && !reactor.isCurrent && reactor.now - start >= .milliseconds(20))
    }

    @Test("The same seed gives the same numbers, another seed others")
    func seeded() {
        let first = SplitMix64(seed: 1)
        let second = SplitMix64(seed: 1)
        let other = SplitMix64(seed: 2)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        #expect(SplitMix64(seed: 0).next() == 0xe220_a839_7b1d_cdaf)
        let range = Duration.zero..<Duration.seconds(1)
        #expect((0..<1_000).allSatisfy { _ in range.contains(first.duration(upTo: .seconds(1))) })
    }
}

/// What happened, with the second in which it did.
private final class History: Sendable {
    private let entries = Mutex<[String]>([])

    var lines: [String] { entries.withLock { $0 } }

    func add(_ line: String, _ now: Duration) {
        entries.withLock { $0.append("\(line) \(now.components.seconds)") }
    }
}
