// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

@Suite struct RetryPolicyTests {
    @Test(
        "A policy survives its text form",
        arguments: [
            RetryPolicy.standard, .never, .fixed(.milliseconds(1), attempts: nil, maxElapsed: .seconds(9)),
            .list([.seconds(1), .seconds(5)]), .exponential(attempts: 65_535, base: .zero, cap: .seconds(1)),
        ])
    func text(policy: RetryPolicy) {
        #expect(RetryPolicy(recordText: policy.recordText) == policy)
    }

    @Test("The standard policy reads as documented")
    func standard() {
        #expect(RetryPolicy.standard.recordText == "e,5,1000,3600000")
    }

    @Test(
        "A damaged text is no policy",
        arguments: ["", "e", "e,5", "e,5,1", "x,1,2,3", "f,-1,3", "f,1,2;x", "f,1,2;3;4"])
    func damaged(text: String) {
        #expect(RetryPolicy(recordText: text) == nil)
    }

    @Test("Exponential delays have full jitter under a bound that doubles up to the cap")
    func exponential() throws {
        let policy = RetryPolicy.exponential(attempts: nil, base: .seconds(1), cap: .seconds(60))
        let random = SplitMix64(seed: 1)
        for (attempt, bound) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (60_000, 60)] {
            let delays = (0..<200).compactMap { _ in
                policy.delay(afterAttempt: attempt, elapsed: .zero, random: random)
            }
            #expect(delays.count == 200)
            #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(bound) })
            #expect(try #require(delays.max()) > .seconds(bound) * 0.9)
            #expect(try #require(delays.min()) < .seconds(bound) * 0.1)
        }
    }

    @Test("Delays of a list follow each other, the last repeats, and the attempts end it")
    func list() {
        let random = SplitMix64(seed: 1)
        var policy = RetryPolicy.list([.seconds(1), .seconds(5)])
        #expect(policy.delay(afterAttempt: 1, elapsed: .zero, random: random) == .seconds(1))
        #expect(policy.delay(afterAttempt: 2, elapsed: .zero, random: random) == .seconds(5))
        #expect(policy.delay(afterAttempt: 3, elapsed: .zero, random: random) == nil)
        policy.attempts = nil
        #expect(policy.delay(afterAttempt: 9, elapsed: .zero, random: random) == .seconds(5))
    }

    @Test("No attempt starts later than the policy allows after the enqueue")
    func maxElapsed() {
        let random = SplitMix64(seed: 1)
        let policy = RetryPolicy.fixed(.seconds(10), attempts: nil, maxElapsed: .seconds(60))
        #expect(policy.delay(afterAttempt: 5, elapsed: .seconds(50), random: random) == .seconds(10))
        #expect(policy.delay(afterAttempt: 6, elapsed: .seconds(51), random: random) == nil)
    }

    @Test("Extreme times overflow nothing")
    func extremes() {
        let huge = RetryPolicy(
            backoff: .exponential(base: .milliseconds(Int64.max), cap: .milliseconds(Int64.max)), attempts: nil)
        #expect(huge.delay(afterAttempt: 64, elapsed: .zero, random: SplitMix64(seed: 1)) != nil)
        #expect(Duration(secondsComponent: .max, attosecondsComponent: 0).milliseconds == .max)
        #expect(Duration.nanoseconds(1).milliseconds == 1)
        #expect(Duration.zero.milliseconds == 0)
    }
}
