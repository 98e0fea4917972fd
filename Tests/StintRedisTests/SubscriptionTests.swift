// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct SubscriptionTests {
    @Test("Listeners hear their channel, and the connection is there only while they listen")
    func listens() async throws {
        try await withRedis { _, node in
            let ready = Log<String>()
            let messages = Log<String>()
            func listen(_ name: String, to channel: String) -> RedisSubscription {
                node.subscribe(channel) {
                    messages.append("\(name) \(String(decoding: $0, as: UTF8.self))")
                } onReady: {
                    ready.append(name)
                }
            }
            let first = listen("first", to: "news")
            let second = listen("second", to: "news")
            let other = listen("other", to: "weather")
            try await eventually { ready.count == 3 }
            #expect(try await node.run("PUBLISH", "news", "hello") == .integer(1))
            try await eventually { messages.count == 2 }
            #expect(messages.all.sorted() == ["first hello", "second hello"])
            first.cancel()
            second.cancel()
            try await eventually { try await node.run("PUBLISH", "news", "nobody") == .integer(0) }
            #expect(try await node.run("PUBLISH", "weather", "rain") == .integer(1))
            try await eventually { messages.all.last == "other rain" }
            other.cancel()
            try await eventually {
                try await node.run("CLIENT", "LIST", "TYPE", "pubsub").string == ""
            }
            #expect(messages.count == 3)
        }
    }

    @Test("After a restart of Redis the channel is subscribed again and its listener told")
    func reconnects() async throws {
        try await withRedis { redis, node in
            let ready = Log<Int>()
            let messages = Log<[UInt8]>()
            let subscription = node.subscribe("news") {
                messages.append($0)
            } onReady: {
                ready.append(1)
            }
            try await eventually { ready.count == 1 }
            redis.kill()
            try await redis.restart()
            try await eventually { ready.count == 2 }
            #expect(try await node.run("PUBLISH", "news", "again") == .integer(1))
            try await eventually { messages.all == [Array("again".utf8)] }
            subscription.cancel()
        }
    }
}
