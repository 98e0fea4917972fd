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

    @Test("A node takes a turn of its own before it connects")
    func takesATurn() async throws {
        try await withRedis { redis, _ in
            let reactor = NIOReactor()
            let starts = ConnectionStarts(perSecond: 1)
            let begin = reactor.now
            #expect(starts.delay(now: begin) == .zero)
            let node = node("patient", at: redis, starts, reactor)
            let reply = try await node.run("PING")
            #expect(reply.string == "PONG")
            await node.shutdown()
            // Seen from the beginning, the first second is taken, and the node's.
            #expect(starts.delay(now: begin) >= .seconds(2))
        }
    }

    @Test("A node whose turn has not come does not connect, while another does")
    func waits() async throws {
        try await withRedis { redis, _ in
            let reactor = NIOReactor()
            let starts = ConnectionStarts(perSecond: 1)
            // The turns of the next hour are taken.
            for _ in 0..<3600 { _ = starts.delay(now: reactor.now) }
            let waiting = node("waiting", at: redis, starts, reactor)
            let outcomes = Log<Result<RedisValue, RedisFailure>>()
            waiting.commands.send(RedisCommand("PING"), timeout: .seconds(600)) { outcomes.append($0) }
            let prompt = node("prompt", at: redis, ConnectionStarts(perSecond: 1), reactor)
            let clients = try #require(try await prompt.run("CLIENT", "LIST").string)
            #expect(clients.contains("name=prompt") && !clients.contains("name=waiting"))
            #expect(outcomes.all.isEmpty)
            await waiting.shutdown()
            await prompt.shutdown()
            #expect(outcomes.all == [.failure(.closed)])
        }
    }

    private func node(
        _ name: String, at redis: PrivateRedis, _ starts: ConnectionStarts, _ reactor: NIOReactor
    ) -> RedisNode {
        var configuration = redis.configuration
        configuration.clientName = name
        return RedisNode(
            configuration: configuration, reactor: reactor, random: SystemRandom(), starts: starts, logger: .silent)
    }
}
