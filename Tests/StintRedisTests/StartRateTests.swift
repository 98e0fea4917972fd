// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct StartRateTests {
    @Test("So many start at once, the rest one after the other, and a rest of a second gives all turns back")
    func spreads() {
        var rate = StartRate(perSecond: 50)
        let first = (0..<50).map { _ in rate.delay(now: .seconds(100)) }
        #expect(first.allSatisfy { $0 == .zero })
        #expect(rate.delay(now: .seconds(100)) == .milliseconds(20))
        #expect(rate.delay(now: .seconds(100)) == .milliseconds(40))
        #expect(rate.delay(now: .milliseconds(100_050)) == .milliseconds(10))
        let later = (0..<50).map { _ in rate.delay(now: .milliseconds(101_100)) }
        #expect(later.allSatisfy { $0 == .zero })
        #expect(rate.delay(now: .milliseconds(101_100)) == .milliseconds(20))
    }

    @Test("In no second are there more than twice as many, and over a minute no more than so many a second")
    func bounds() {
        var rate = StartRate(perSecond: 50)
        var random = SystemRandomNumberGenerator()
        var now = Duration.zero
        var starts: [Duration] = []
        while now < .seconds(60) {
            starts.append(now + rate.delay(now: now))
            now += .milliseconds(Int.random(in: 0...30, using: &random))
        }
        #expect(starts == starts.sorted())
        // No start and the hundredth after it are in one second.
        #expect(zip(starts, starts.dropFirst(100)).allSatisfy { $1 - $0 >= .seconds(1) })
        #expect(starts.count { $0 < .seconds(60) } <= 60 * 50 + 50)
        #expect(starts.count > 60 * 50 + 50)
    }

    @Test("A node waits for its turn before it connects")
    func waits() async throws {
        try await withRedis { redis, _ in
            let starts = ConnectionStarts(perSecond: 1)
            // The turn of the first second is taken, and the next one too.
            #expect(starts.delay(now: NIOReactor().now) == .zero)
            let node = RedisNode(
                configuration: redis.configuration, reactor: NIOReactor(), random: SystemRandom(), starts: starts,
                logger: .silent)
            let start = ContinuousClock.now
            let reply = try await node.run("PING")
            #expect(reply.string == "PONG")
            #expect(ContinuousClock.now - start > .milliseconds(500))
            await node.shutdown()
        }
    }
}
