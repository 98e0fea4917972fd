// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct ConnectTests {
    private var logger: Logger {
        var logger = Logger(label: "stint.test")
        logger.logLevel = .critical
        return logger
    }

    @Test("A suitable Redis is accepted")
    func suitable() async throws {
        try await withStint { try await $0.client.connect() }
    }

    @Test("A Redis that may evict keys is refused, unless it is allowed or has no bound on its memory")
    func evicting() async throws {
        let options = ["maxmemory 100mb", "maxmemory-policy allkeys-lru"]
        try await withStint(redisOptions: options) { stint in
            #expect(await code { try await stint.client.connect() } == .redisUnsuitable)
            #expect(await code { try await stint.client.enqueue(name: "n", payload: []) } == .redisUnsuitable)
            try await stint.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            #expect(try await stint.client.enqueue(name: "n", payload: []).isNew)
        }
        try await withStint(redisOptions: options, configure: { $0.allowsEvictingRedis = true }) { stint in
            let receipt = try await stint.client.enqueue(name: "n", payload: [])
            #expect(receipt.isNew)
        }
        try await withStint(redisOptions: ["maxmemory-policy allkeys-lru"]) { stint in
            let receipt = try await stint.client.enqueue(name: "n", payload: [])
            #expect(receipt.isNew)
        }
    }

    @Test("An older Redis is refused")
    func version() {
        #expect(ServerCheck.judge(["redis_version": "6.2.14"], allowsEviction: true)?.code == .redisUnsuitable)
        #expect(ServerCheck.judge([:], allowsEviction: true)?.code == .redisUnsuitable)
        #expect(ServerCheck.judge(["redis_version": "7.0.0"], allowsEviction: false) == nil)
        #expect(ServerCheck.judge(["redis_version": "10.2"], allowsEviction: false) == nil)
    }

    @Test("A Redis that is not there is unreachable, in time")
    func unreachable() async throws {
        let client = try StintClient(
            .init(
                redis: "redis+unix:///tmp/stint-nobody/redis.sock", commandTimeout: .milliseconds(200),
                enqueueTimeout: .milliseconds(600)),
            logger: logger)
        #expect(await code { try await client.connect() } == .redisUnreachable)
        #expect(await code { try await client.enqueue(name: "n", payload: []) } == .redisUnreachable)
        await client.shutdown()
    }

    @Test("A Redis that goes away leaves an enqueue unreachable; when it is back, the same client works")
    func goesAway() async throws {
        try await withStint(configure: {
            $0.enqueueTimeout = .seconds(4)
            $0.commandTimeout = .seconds(2)
        }) { stint in
            #expect(try await stint.client.enqueue(name: "n", payload: []).isNew)
            stint.redis.kill()
            let code = await code { try await stint.client.enqueue(name: "n", payload: []) }
            #expect(code == .redisUnreachable || code == .outcomeUnknown)
            try await stint.redis.restart()
            let isBack = try await stint.eventually {
                (try? await stint.client.enqueue(name: "n", payload: []).isNew) ?? false
            }
            #expect(isBack)
        }
    }

    @Test("When Redis goes away, calls that wait behind others have the same time limit and not one after the other")
    func backlog() async throws {
        try await withStint(configure: {
            $0.enqueueTimeout = .milliseconds(600)
            $0.commandTimeout = .milliseconds(200)
        }) { stint in
            let client = stint.client
            try await client.enqueue(name: "n", payload: [])
            stint.redis.kill()
            let start = ContinuousClock.now
            // Each of them is a call of its own, and two are under way at a time.
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask { (try? await client.enqueue(contentsOf: [RawJob(name: "n")])) == nil }
                }
                let refused = await group.reduce(into: 0) { if $1 { $0 += 1 } }
                #expect(refused == 100)
            }
            #expect(ContinuousClock.now - start < .seconds(15))
        }
    }

    @Test("A wrong password is refused at once, without being told")
    func wrongPassword() async throws {
        let redis = try await PrivateRedis.start(extraConfiguration: ["requirepass secret-1"])
        defer { redis.kill() }
        let url = "redis+unix://:wrong-2@\(redis.socketPath)"
        let client = try StintClient(.init(redis: url), logger: logger)
        do {
            try await client.enqueue(name: "n", payload: [])
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.code == .redisRefused)
            #expect(!error.description.contains("wrong-2"))
        }
        await client.shutdown()
        let right = try StintClient(.init(redis: "redis+unix://:secret-1@\(redis.socketPath)"), logger: logger)
        #expect(try await right.enqueue(name: "n", payload: []).isNew)
        await right.shutdown()
    }

    @Test("A user without rights to the scripts' commands is refused, not kept waiting")
    func noPermission() async throws {
        let redis = try await PrivateRedis.start(
            extraConfiguration: ["user weak on >pw ~* &* +ping +client +info +sadd +hello"])
        defer { redis.kill() }
        let client = try StintClient(.init(redis: "redis+unix://weak:pw@\(redis.socketPath)"), logger: logger)
        #expect(await code { try await client.enqueue(name: "n", payload: []) } == .redisRefused)
        await client.shutdown()
    }

    @Test("A full Redis refuses an enqueue, and takes jobs again when there is room")
    func full() async throws {
        try await withStint { stint in
            #expect(try await stint.client.enqueue(name: "n", payload: []).isNew)
            try await stint.command("CONFIG", "SET", "maxmemory", "1")
            // Also by a process that has never named the queue.
            let fresh = try stint.client.queue("fresh")
            _ = try await fresh.pause()
            _ = try await fresh.resume()
            try await fresh.setDepthLimit(5)
            #expect(try await fresh.purge([.ready]) == 0)
            #expect(await code { try await stint.client.enqueue(name: "n", payload: []) } == .redisFull)
            #expect(try await TestWorker(stint.core, queue: "default").drain() == 1)
            #expect(try await stint.client.queue("default").retryDead([JobID("none")]) == [.notFound])
            try await stint.command("CONFIG", "SET", "maxmemory", "0")
            #expect(try await stint.client.enqueue(name: "n", payload: []).isNew)
            #expect(try await stint.inspector.queue("default").ready == 1)
        }
    }

    @Test("A queue of a newer release is refused politely")
    func schema() async throws {
        try await withStint { stint in
            #expect(try await stint.client.enqueue(name: "n", payload: []).isNew)
            try await stint.command("HSET", stint.core.keys(queue: "default").meta, "schema", "2")
            #expect(await code { try await stint.client.enqueue(name: "n", payload: []) } == .schemaTooNew)
            #expect(await code { _ = try await stint.client.queue("default").cancel([JobID("a")]) } == .schemaTooNew)
            #expect(await code { try await stint.client.queue("default").pause() } == .schemaTooNew)
        }
    }

    @Test("A configuration that breaks a rule is refused at once", arguments: ["nonsense", "http://a", "redis://a:x"])
    func configuration(url: String) {
        #expect(throws: StintError.self) { try StintClient(.init(redis: url), logger: logger) }
        #expect(throws: StintError.self) { try StintClient(.init(redis: "redis://a", namespace: "A"), logger: logger) }
        #expect(throws: StintError.self) {
            try StintClient(.init(redis: "redis://a", maxPayloadBytes: 17 << 20), logger: logger)
        }
    }
}
