// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@Suite struct SentinelTests {
    @Test("The primary is found, and found again after a kill; the former one is not used when it is back")
    func kill() async throws {
        try await withSentinel { group in
            try await withNode(RedisConfiguration(url: group.url)) { node in
                try await node.connect(timeout: .seconds(60))
                let reply = try await node.run("SET", "a", "1")
                #expect(reply.isOK)
                let old = try await group.killPrimary()
                let new = try await group.waitForFailover(from: old)
                try await eventually { await node.failure(of: "SET", "a", "2", timeout: .seconds(10)) == nil }
                #expect(try await node.port() == group.ports[new])
                try await group.servers[old].restart()
                // Still a primary by its own word, until the sentinels turn it into a replica.
                #expect(await group.role(of: old) == "master")
                try await withNode(RedisConfiguration(url: group.url)) { other in
                    let port = try await other.port()
                    #expect(port == group.ports[new])
                }
            }
        }
    }

    @Test("A primary that hangs is left as soon as the sentinels have replaced it, on every connection")
    func suspended() async throws {
        try await withSentinel(replicas: 1) { group in
            var configuration = try RedisConfiguration(url: group.url)
            // Nothing but the sentinels' announcement can end these connections in time.
            configuration.commandTimeout = .seconds(600)
            try await withNode(configuration) { node in
                let node = node
                _ = try await node.run("SET", "a", "1")
                let ready = Log<Int>()
                let messages = Log<[UInt8]>()
                let subscription = node.subscribe(
                    "news", onMessage: { messages.append($0) }, onReady: { ready.append(1) })
                try await eventually { ready.count == 1 }
                let failures = Log<RedisFailure>()
                node.blocking.send(RedisCommand("BZPOPMIN", "wake", "0"), timeout: .seconds(600)) { result in
                    if case .failure(let failure) = result { failures.append(failure) }
                }
                try await group.waitUntilWatched(by: 1)
                let old = try await group.suspendPrimary()
                node.commands.send(RedisCommand("SET", "a", "2"), timeout: .seconds(600)) { result in
                    if case .failure(let failure) = result { failures.append(failure) }
                }
                let new = try await group.waitForFailover(from: old)
                try await eventually { failures.count == 2 }
                #expect(failures.all.allSatisfy { $0.isOutcomeUnknown && "\($0)".contains("\(group.ports[new]) now") })
                #expect(try await node.port() == group.ports[new])
                // The subscription is made again at the new primary.
                try await eventually { ready.count == 2 }
                _ = try await node.run("PUBLISH", "news", "hello")
                try await eventually { messages.count == 1 }
                group.servers[old].resume()
                #expect(try await node.port() == group.ports[new])
                subscription.cancel()
            }
        }
    }

    @Test("A login of the sentinels' own is used for them, and a missing one is told")
    func login() async throws {
        try await withSentinel(replicas: 0, sentinels: 1, sentinelPassword: "watch1") { group in
            try await withNode(RedisConfiguration(url: group.url + "?sentinel_password=watch1")) { node in
                let port = try await node.port()
                #expect(port == group.ports[0])
            }
            try await withNode(RedisConfiguration(url: group.url)) { node in
                let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
                guard case .refused(let text)? = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(text.contains("NOAUTH"))
            }
        }
    }

    @Test("With no sentinel there, connect says who was asked, what came, and what to type")
    func nobody() async throws {
        try await withNode(RedisConfiguration(url: "redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster")) { node in
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
            guard case .notSent(let text)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(text.contains("127.0.0.1:1: connection refused; 127.0.0.1:2: connection refused"))
            #expect(text.contains("redis-cli -h 127.0.0.1 -p 1 sentinel get-master-addr-by-name mymaster"))
        }
    }

    @Test("A server that a sentinel names but that is a replica is not used, until it is a primary")
    func role() async throws {
        try await withRedisOnPort { port, node in
            let address = "$9\r\n127.0.0.1\r\n$\(String(port).count)\r\n\(port)\r\n"
            // A sentinel that is behind: it names this server whatever has become of it.
            try await withStranger(replying: "+OK\r\n*2\r\n\(address)") { sentinel in
                let configuration = try RedisConfiguration(url: "redis+sentinel://\(sentinel.endpoint)/mymaster")
                try await withNode(configuration) { client in
                    _ = try await node.run("REPLICAOF", "127.0.0.1", "1")
                    let failure = await #expect(throws: RedisFailure.self) {
                        try await client.connect(timeout: .seconds(60))
                    }
                    #expect("\(failure!)".contains("127.0.0.1:\(port): it is no primary (ROLE says slave)"))
                    _ = try await node.run("REPLICAOF", "NO", "ONE")
                    let reply = try await client.run("SET", "a", "1")
                    #expect(reply.isOK)
                }
            }
        }
    }

    @Test("A user that may not ask for the role is told so")
    func noRole() async throws {
        try await withRedisOnPort { port, node in
            _ = try await node.run("ACL", "SETUSER", "weak", "on", ">pw", "~*", "+@all", "-role")
            try await withStranger(replying: "+OK\r\n*2\r\n$9\r\n127.0.0.1\r\n$\(String(port).count)\r\n\(port)\r\n") {
                sentinel in
                let url = "redis+sentinel://weak:pw@\(sentinel.endpoint)/mymaster"
                try await withNode(RedisConfiguration(url: url)) { client in
                    guard case .refused(let text)? = await client.failure(of: "PING") else {
                        Issue.record("not refused")
                        return
                    }
                    #expect(text.contains("give it +role"))
                }
            }
        }
    }
}

extension RedisNode {
    /// The port of the server that answers.
    func port() async throws -> Int {
        let reply = try await run("CONFIG", "GET", "port")
        return reply.arrayValue?.last?.string.flatMap { Int($0) } ?? 0
    }
}

extension PrivateSentinel {
    /// Waits until so many clients listen for announcements at each sentinel.
    func waitUntilWatched(by count: Int) async throws {
        for sentinel in sentinels {
            try await withNode(sentinel.configuration) { node in
                try await eventually {
                    let clients = try await node.run("CLIENT", "LIST").string ?? ""
                    return clients.split(separator: "\n").count { $0.contains("name=stint") && $0.contains(" sub=1 ") }
                        >= count
                }
            }
        }
    }
}
