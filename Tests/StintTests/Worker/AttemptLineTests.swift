// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

/// Which task runs which attempt, without tasks.
@Suite struct AttemptLineTests {
    private typealias Line = AttemptLine<String>

    private func line(_ names: String...) -> Line {
        var line = Line()
        line.add(names.enumerated().map { ($0.offset, $0.element) })
        return line
    }

    @Test("One task runs attempts that end at once, after each other, and then leaves")
    func oneTask() {
        var line = line("a", "b", "c")
        #expect(line.call() == 0)
        #expect(line.call() == nil)
        line.arrived()
        #expect(line.next(in: 0, isCancelled: false)?.attempt == "a")
        #expect(line.call() == 1)
        let second = line.next(in: 0, isCancelled: false)
        #expect(second?.attempt == "b" && second?.isFollowed == true)
        let third = line.next(in: 0, isCancelled: false)
        #expect(third?.attempt == "c" && third?.isFollowed == false)
        #expect(line.next(in: 0, isCancelled: false) == nil)
        // The other one comes too late.
        line.arrived()
        #expect(line.next(in: 1, isCancelled: false) == nil)
        #expect(line.call() == nil)
    }

    @Test("Attempts that do not end each get a task: whoever takes one has called the next")
    func onePerAttempt() {
        var line = line("a", "b", "c")
        var taken: [String?] = []
        var seat = line.call()
        while let task = seat {
            line.arrived()
            taken.append(line.next(in: task, isCancelled: false)?.attempt)
            seat = line.call()
        }
        #expect(taken == ["a", "b", "c"])
    }

    @Test("What is cancelled while it waits is taken as cancelled; what runs, by its task")
    func cancels() {
        var line = line("a", "b")
        _ = line.call()
        line.arrived()
        #expect(line.cancel(1) == nil)
        #expect(line.next(in: 0, isCancelled: false)?.isCancelled == false)
        #expect(line.cancel(0) == 0)
        #expect(line.call() == 1)
        // The cancelled task takes nothing more, the other one what waits.
        #expect(line.next(in: 0, isCancelled: true) == nil)
        #expect(line.cancel(0) == nil)
        line.arrived()
        #expect(line.next(in: 1, isCancelled: false)?.isCancelled == true)
        #expect(line.cancel(1) == 1)
    }

    @Test("Ends gather while attempts follow each other quickly, and are told of at once where they do not")
    func gathers() {
        var gathering = EndGathering(now: .zero)
        func gathers(at microseconds: Int, isFollowed: Bool = true) -> Bool {
            gathering.gathers(isFollowed: isFollowed, now: .microseconds(microseconds))
        }
        #expect([1, 199, 200, 399].map { gathers(at: $0) } == [true, true, false, true])
        // Nobody is on the way.
        let last = gathers(at: 399, isFollowed: false)
        #expect(!last)
        // Handlers that compute for milliseconds.
        #expect([5_000, 10_000, 15_000].map { gathers(at: $0) } == [false, false, false])
    }

    @Test("In any order of events each attempt is taken once, in order, and none waits without a task on its way")
    func anyOrder() {
        for seed in 0..<40 {
            let random = SplitMix64(seed: UInt64(seed))
            var line = AttemptLine<Int>()
            var (added, taken) = (0, [Int]())
            var (called, working) = ([Int](), [Int]())
            func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
            func call() { if let seat = line.call() { called.append(seat) } }
            func take(_ seat: Int, _ isCancelled: Bool) {
                if let turn = line.next(in: seat, isCancelled: isCancelled) {
                    taken.append(turn.attempt)
                    working.append(seat)
                    if turn.isFollowed { call() }
                } else {
                    call()
                }
            }
            for step in 0..<300 {
                switch below(4) {
                case 0 where step < 200:
                    let count = 1 + below(5)
                    line.add((added..<added + count).map { ($0, $0) })
                    added += count
                    call()
                case 1, 2:
                    if !called.isEmpty {
                        line.arrived()
                        take(called.removeLast(), false)
                    }
                default:
                    if !working.isEmpty { take(working.remove(at: below(working.count)), below(5) == 0) }
                }
                #expect(called.count <= 1 && (taken.count == added || called.count == 1))
                #expect(Set(working + called).count == working.count + called.count)
            }
            #expect(taken == Array(0..<added))
        }
    }
}
