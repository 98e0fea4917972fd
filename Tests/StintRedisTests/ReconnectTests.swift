// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct ReconnectTests {
    @Test("With nobody there, connect fails at once and a command when its time is over, both with the reason")
    func nobody() async throws {
        try await withNode(RedisConfiguration(host: "127.0.0.1", port: 1)) { node in
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(600)) }
            #expect(failure == .notSent("cannot connect to Redis at 127.0.0.1:1: connection refused"))
            #expect(await node.failure(of: "PING", timeout: .milliseconds(200)) == failure)
        }
        try await withNode(RedisConfiguration(socketPath: "/nonexistent/redis.sock")) { node in
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
            #expect(failure == .notSent("cannot connect to Redis at /nonexistent/redis.sock: no such socket"))
        }
    }

    @Test("A host that does not exist is told by name")
    func unknownHost() async throws {
        try await withNode(RedisConfiguration(host: "nobody.invalid")) { node in
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
            #expect("\(failure!)".contains("nobody.invalid"))
        }
    }

    @Test("A command sent while Redis is away runs once it is back")
    func waits() async throws {
        try await withRedis { redis, node in
            let node = node
            _ = try await node.run("PING")
            redis.kill()
            // Until the loss is noticed, a command may still be written to the dead socket.
            try await eventually {
                if case .notSent? = await node.failure(of: "PING", timeout: .milliseconds(50)) { true } else { false }
            }
            async let reply = node.commands.send(RedisCommand("ECHO", "kept"), timeout: .seconds(60))
            try await redis.restart()
            #expect(try await reply == .text("kept"))
        }
    }

    @Test("A command under way when Redis is killed has an unknown outcome")
    func underWay() async throws {
        try await withRedis { redis, node in
            let node = node
            _ = try await node.blocking.send(RedisCommand("PING"), timeout: .seconds(60))
            let failures = Log<RedisFailure>()
            node.blocking.send(RedisCommand("BZPOPMIN", "wake", "0"), timeout: .seconds(600)) { result in
                if case .failure(let failure) = result { failures.append(failure) }
            }
            try await eventually {
                try await node.run("INFO", "clients").string?.contains("blocked_clients:1") == true
            }
            redis.kill()
            try await eventually { failures.count == 1 }
            #expect(failures.all.first?.isOutcomeUnknown == true)
        }
    }

    @Test("Under load, a kill and a restart leave every caller with an answer, and every acknowledged write counted")
    func underLoad() async throws {
        try await withRedis(["appendfsync always"], appendOnly: true) { redis, node in
            let node = node
            let acknowledged = Log<Int>()
            let unknown = Log<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for number in 0..<400 {
                            let command = RedisCommand("SADD", "numbers", String(lane * 1_000 + number))
                            do throws(RedisFailure) {
                                _ = try await node.commands.send(command, timeout: .seconds(60))
                                acknowledged.append(number)
                            } catch {
                                #expect(error.isOutcomeUnknown || error.isLoading)
                                unknown.append(number)
                            }
                        }
                    }
                }
                try await eventually { acknowledged.count > 400 }
                redis.kill()
                try await redis.restart()
                try await group.waitForAll()
            }
            #expect(acknowledged.count + unknown.count == 3_200 && unknown.count <= 400)
            let stored = try await node.run("SCARD", "numbers").integerValue ?? 0
            #expect((acknowledged.count...3_200).contains(Int(stored)))
        }
    }

    @Test("A replica's READONLY reply is handed on and ends the connection")
    func readOnly() async throws {
        try await withRedis { _, node in
            let id = try await node.run("CLIENT", "ID")
            _ = try await node.run("REPLICAOF", "127.0.0.1", "1")
            guard case .server(let error)? = await node.failure(of: "SET", "a", "1") else {
                Issue.record("the write was taken")
                return
            }
            #expect(error.code == "READONLY")
            #expect(try await node.run("CLIENT", "ID") != id)
        }
    }

    @Test("A peer that speaks something else fails the command and does no harm")
    func stranger() async throws {
        try await withStranger(replying: "HTTP/1.1 400 Bad Request\r\n\r\n") { configuration in
            try await withNode(configuration) { node in
                let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
                #expect("\(failure!)".contains("does not speak the Redis protocol"))
            }
        }
        try await withStranger(replying: "+OK\r\n*2147483647\r\n") { configuration in
            try await withNode(configuration) { node in
                let failure = await node.failure(of: "GET", "a")
                guard case .protocolViolation = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
        }
    }

    @Test("A peer that never answers is given up after the time to connect")
    func silent() async throws {
        try await withStranger(replying: "") { configuration in
            var configuration = configuration
            configuration.connectTimeout = .milliseconds(200)
            try await withNode(configuration) { node in
                let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
                #expect("\(failure!)".contains("no answer within 0.2 s"))
            }
        }
    }

    @Test("Where a connection is needed back soon, an attempt ends soon as well, whatever the time to connect")
    func silentWithLimit() async throws {
        let limit = ReconnectLimit()
        #expect(limit.attempt(within: .seconds(60)) == .seconds(60))
        limit.lower(to: .seconds(1))
        #expect(limit.attempt(within: .seconds(60)) == .seconds(2))
        limit.lower(to: .milliseconds(100))
        #expect(limit.attempt(within: .seconds(60)) == .milliseconds(500))
        #expect(limit.attempt(within: .milliseconds(200)) == .milliseconds(200))
        for wanted in [1_000, 2_000, 2_000] {
            limit.ranOut()
            #expect(limit.attempt(within: .seconds(60)) == .milliseconds(wanted))
        }
        limit.succeeded()
        #expect(limit.attempt(within: .seconds(60)) == .milliseconds(500))
        try await withStranger(replying: "") { configuration in
            var configuration = configuration
            configuration.connectTimeout = .seconds(3_600)
            let node = RedisNode(
                configuration: configuration, reactor: NIOReactor(), random: SystemRandom(), reconnects: limit,
                logger: .silent)
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(3_600)) }
            #expect("\(failure!)".contains("no answer within 0.5 s"))
            #expect(limit.attempt(within: .seconds(60)) > .milliseconds(500))
            await node.shutdown()
        }
    }
}

extension RedisFailure {
    fileprivate var isLoading: Bool {
        if case .server(let error) = self { error.code == "LOADING" } else { false }
    }
}
