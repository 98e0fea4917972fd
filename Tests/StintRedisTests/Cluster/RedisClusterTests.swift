// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintTesting
import Testing

@testable import StintRedis

@Suite struct RedisClusterTests {
    private func withClient<Value>(
        of cluster: PrivateCluster, seeds: [PrivateCluster.Member]? = nil,
        _ body: (RedisCluster) async throws -> Value
    ) async throws -> Value {
        var configuration = try cluster.configuration
        if let seeds { configuration.clusterSeeds = seeds.map { .tcp(host: "127.0.0.1", port: $0.port) } }
        let client = RedisCluster(
            configuration: configuration, reactor: NIOReactor(), random: SystemRandom(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }

    private func script() async throws -> RedisScript {
        let source = "redis.call('INCR', KEYS[1]) return redis.call('APPEND', KEYS[2], ARGV[1])"
        // Its digest, as Redis computes it.
        return try await withRedis { _, node in
            let sha1 = try await node.run("SCRIPT", "LOAD", source).string
            return RedisScript(name: "test", source: source, sha1: try #require(sha1))
        }
    }

    @Test("Each command goes to the node of its key, with one seed or several, in the order sent for a slot")
    func routes() async throws {
        try await withCluster { cluster in
            try await withClient(of: cluster, seeds: [cluster.members[1]]) { client in
                let log = Log<Int64>()
                for number in 1...300 {
                    client.commands.send(RedisCommand("RPUSH", "key\(number % 30)", "\(number)"), timeout: .seconds(60))
                    {
                        if case .success(.integer(let length)) = $0 { log.append(length) }
                    }
                }
                try await eventually { log.count == 300 }
                var held = 0
                for member in cluster.members {
                    let size = try await member.run("DBSIZE").integerValue ?? 0
                    #expect(size > 0)
                    held += Int(size)
                }
                #expect(held == 30)
                let list = try await client.commands.send(
                    RedisCommand("LRANGE", "key7", "0", "-1"), timeout: .seconds(60))
                #expect(list.arrayValue?.compactMap(\.integerValue) == Array(stride(from: 7, through: 300, by: 30)))
                #expect(try await client.primaries().count == 3)
            }
        }
    }

    @Test("A moved slot is followed, and a script that its new node does not know is sent there once")
    func follows() async throws {
        let script = try await script()
        try await withCluster { cluster in
            try await withClient(of: cluster) { client in
                let runner = ScriptRunner(transport: client.commands)
                func run() async throws -> RedisValue {
                    try await runner.run(script, keys: ["{q}:n", "{q}:s"], arguments: [[65]], timeout: .seconds(60))
                }
                #expect(try await run() == .integer(1))
                let source = try #require(try await cluster.owner(ofKey: "{q}"))
                for (index, target) in cluster.members.filter({ $0.id != source.id }).enumerated() {
                    try await cluster.migrate(slot: HashSlot.of("{q}".utf8), to: target)
                    #expect(try await run() == .integer(Int64(index + 2)))
                    #expect(try await target.run("SCRIPT", "EXISTS", script.sha1) == .array([.integer(1)]))
                }
            }
        }
    }

    @Test("While a slot is moved, one key is followed behind ASKING; a script of two is not run, and runs afterwards")
    func halfWay() async throws {
        let script = try await script()
        try await withCluster { cluster in
            try await withClient(of: cluster) { client in
                let runner = ScriptRunner(transport: client.commands)
                func run(_ keys: [String]) async -> Result<RedisValue, RedisFailure> {
                    do {
                        return .success(
                            try await runner.run(script, keys: keys, arguments: [[65]], timeout: .seconds(60)))
                    } catch {
                        return .failure(error)
                    }
                }
                func code(_ result: Result<RedisValue, RedisFailure>) -> String? {
                    guard case .failure(.server(let error)) = result else { return nil }
                    return error.code
                }
                #expect(await run(["{q}:n", "{q}:s"]) == .success(.integer(1)))
                let source = try #require(try await cluster.owner(ofKey: "{q}"))
                let target = try #require(cluster.members.first { $0.id != source.id })
                let migration = try await cluster.beginMigration(ofSlot: HashSlot.of("{q}".utf8), to: target)
                try await migration.moveKeys(atMost: 1)
                // One key is here and one there; of two others, none is.
                #expect(code(await run(["{q}:n", "{q}:s"])) == "TRYAGAIN")
                #expect(code(await run(["{q}:x", "{q}:y"])) == "TRYAGAIN")
                for key in ["{q}:new", "{q}:n", "{q}:s"] {
                    let command = RedisCommand("EXISTS", key)
                    let isThere = try await client.commands.send(command, timeout: .seconds(60))
                    #expect(isThere == .integer(key == "{q}:new" ? 0 : 1))
                }
                let set = try await client.commands.send(RedisCommand("SET", "{q}:new", "1"), timeout: .seconds(60))
                #expect(set.isOK)
                #expect(try await target.run("CLUSTER", "COUNTKEYSINSLOT", "\(migration.slot)") == .integer(2))
                try await migration.moveKeys()
                try await migration.finish()
                #expect(await run(["{q}:n", "{q}:s"]) == .success(.integer(2)))
            }
        }
    }

    @Test("A wait for a marker survives the move of its slot, there and back")
    func waits() async throws {
        try await withCluster { cluster in
            try await withClient(of: cluster) { client in
                let source = try #require(try await cluster.owner(ofKey: "{q}"))
                let target = try #require(cluster.members.first { $0.id != source.id })
                for next in [target, source] {
                    let log = Log<Result<RedisValue, RedisFailure>>()
                    client.blocking.send(RedisCommand("BZPOPMIN", "{q}:wake", "60"), timeout: .seconds(62)) {
                        log.append($0)
                    }
                    // Another queue's wait is not behind it.
                    client.blocking.send(RedisCommand("BZPOPMIN", "{r}:wake", "0.01"), timeout: .seconds(62)) { _ in
                        log.append(.success(.null))
                    }
                    try await eventually { log.count == 1 }
                    try await cluster.migrate(slot: HashSlot.of("{q}".utf8), to: next)
                    _ = try await client.commands.send(
                        RedisCommand("ZADD", "{q}:wake", "NX", "0", "w"), timeout: .seconds(60))
                    try await eventually { log.count == 2 }
                    #expect(log.all[1] == .success(.array([.text("{q}:wake"), .text("w"), .text("0")])))
                }
            }
        }
    }

    @Test("After the loss of a primary its replica is found, also by one who waits and by one who listens")
    func failover() async throws {
        try await withCluster(replicas: 3) { cluster in
            try await withClient(of: cluster) { client in
                func set(_ key: String) async -> Bool {
                    (try? await client.commands.send(RedisCommand("SET", key, "1"), timeout: .seconds(2)))?.isOK == true
                }
                let heard = Log<[UInt8]>()
                let ready = Log<Bool>()
                let subscription = client.subscribe("news") {
                    heard.append($0)
                } onReady: {
                    ready.append(true)
                }
                defer { subscription.cancel() }
                try await eventually { ready.count == 1 }
                var third = 0
                for (index, member) in cluster.members.prefix(3).enumerated() {
                    let count = try await member.run("PUBSUB", "NUMSUB", "news").arrayValue?.last
                    if count == .integer(1) { third = index }
                }
                let key = try #require(
                    (0..<1000).map { "k\($0)" }.first { HashSlot.of($0.utf8) * 3 / HashSlot.count == third })
                #expect(await set(key))
                let waited = Log<Result<RedisValue, RedisFailure>>()
                client.blocking.send(RedisCommand("BZPOPMIN", "{\(key)}:wake", "60"), timeout: .seconds(62)) {
                    waited.append($0)
                }
                try await eventually {
                    try await cluster.members[third].run("CLIENT", "LIST").string?.contains("cmd=bzpopmin") == true
                }
                cluster.members[third].server.kill()
                try await eventually { await set(key) }
                // Its wait ended with the node, and it hears of what is published at another.
                try await eventually { waited.count == 1 && ready.count == 2 }
                try await cluster.waitUntilSound()
                let other = cluster.members[(third + 1) % 3]
                try await eventually {
                    _ = try await other.run("PUBLISH", "news", "x")
                    return heard.count > 0
                }
                client.blocking.send(RedisCommand("BZPOPMIN", "{\(key)}:wake", "60"), timeout: .seconds(62)) {
                    waited.append($0)
                }
                let marker = RedisCommand("ZADD", "{\(key)}:wake", "NX", "0", "w")
                _ = try await client.commands.send(marker, timeout: .seconds(60))
                try await eventually { waited.count == 2 }
                #expect(try waited.all[1].get().arrayValue?.count == 3)
            }
        }
    }

    @Test("A single server is told from a cluster, and a cluster that is not there from both")
    func noCluster() async throws {
        try await withRedisOnPort { port, _ in
            let client = RedisCluster(
                configuration: try RedisConfiguration(url: "redis+cluster://127.0.0.1:\(port)"), reactor: NIOReactor(),
                random: SystemRandom(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            do {
                _ = try await client.commands.send(RedisCommand("GET", "a"), timeout: .seconds(60))
                Issue.record("it was taken for a cluster")
            } catch {
                #expect((error as? RedisFailure)?.isClusterDisabled == true)
            }
            await client.shutdown()
        }
        let client = RedisCluster(
            configuration: try RedisConfiguration(url: "redis+cluster://127.0.0.1:1,127.0.0.1:2"),
            reactor: NIOReactor(), random: SystemRandom(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await #expect(throws: RedisFailure.notSent("cannot connect to Redis at 127.0.0.1:2: connection refused")) {
            try await client.commands.send(RedisCommand("GET", "a"), timeout: .seconds(60))
        }
        await client.shutdown()
        await #expect(throws: RedisFailure.closed) {
            try await client.commands.send(RedisCommand("GET", "a"), timeout: .seconds(60))
        }
    }
}
