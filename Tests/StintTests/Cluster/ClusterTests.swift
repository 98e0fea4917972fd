// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct ClusterTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The error that a call fails with.
    private func refusal(_ body: () async throws -> Void) async -> StintError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? StintError
        }
    }

    @Test("Jobs of many queues on all nodes are enqueued, run, awaited and inspected as on one server")
    func works() async throws {
        try await ClusterStint.with { stint in
            let queues = (0..<12).map { "queue\($0)" }
            let inspector = stint.client.inspector
            #expect(Set(queues.map { stint.slot(of: $0) * 3 / HashSlot.count }).count == 3)
            let tally = Tally()
            let echo = Handle(raw: "echo") { payload, context in
                tally.add("\(context.id)")
                context.log("a line")
                return .completed(result: payload)
            }
            try await stint.running(queues: queues) {
                echo
                Handle(raw: "fail") { _, _ in .dead(reason: "as told") }
            } _: {
                for (index, queue) in queues.enumerated() {
                    let jobs = (0..<20).map { _ in
                        RawJob(name: "echo", payload: Array("x".utf8), options: .init(queue: queue))
                    }
                    #expect(try await stint.client.enqueue(contentsOf: jobs).allSatisfy(\.isNew))
                    let big = [UInt8](repeating: UInt8(index), count: 2_000)
                    let receipt = try await stint.client.enqueue(
                        name: "echo", payload: big, options: .init(queue: queue, isAwaited: true))
                    let result = try await stint.client.result(of: receipt.id, timeout: .seconds(60))
                    #expect(result.bytes == big && result.queue == queue)
                    let dead = try await stint.client.enqueue(name: "fail", payload: [], options: .init(queue: queue))
                    try await eventually("it dies") {
                        try await inspector.job(dead.id)?.summary.state == .dead
                    }
                }
                try await eventually("all ran") { tally.count == queues.count * 21 }
                #expect(Set(try await inspector.queueNames()).isSuperset(of: queues))
                #expect(try await inspector.nodes().first?.queues.count == queues.count)
            }
            for status in try await inspector.queues() where status.name != "default" {
                #expect(status.dead == 1 && status.ready == 0, "\(status.name)")
                #expect(try await stint.problems(of: status.name) == [])
            }
            #expect(try await !inspector.server().version.isEmpty)
            try await stint.core.removeNamespace()
            for member in stint.cluster.members { #expect(try await member.run("DBSIZE") == .integer(0)) }
        }
    }

    @Test("A wake-up starts a job at once on whichever node its queue is: nobody needs to look by itself")
    func wakes() async throws {
        try await ClusterStint.with { stint in
            let queues = ["a", "b", "c", "d", "e", "f"]
            try await stint.running(queues: queues) {
                Handle(raw: "echo") { payload, _ in .completed(result: payload) }
            } _: {
                // One connection waits for each queue, at the node that has it.
                var owners: [String: [String]] = [:]
                for queue in queues {
                    let owner = try await stint.cluster.owner(ofKey: stint.core.keys(queue: queue).wake)
                    owners[try #require(owner).id, default: []].append(queue)
                }
                for member in stint.cluster.members {
                    try await eventually("a wait for each queue") {
                        let list = try await member.run("CLIENT", "LIST").string ?? ""
                        let waits = list.split(separator: "\n").count { $0.contains("cmd=bzpopmin") }
                        return waits == owners[member.id]?.count ?? 0
                    }
                }
                for queue in queues {
                    let receipt = try await stint.client.enqueue(
                        name: "echo", payload: [1], options: .init(queue: queue, isAwaited: true))
                    #expect(try await stint.client.result(of: receipt.id, timeout: .seconds(60)).bytes == [1])
                }
            }
        }
    }

    @Test("The wrong form of the address is refused and the right one named")
    func addresses() async throws {
        try await withCluster { cluster in
            let port = cluster.members[0].port
            for operation in 0..<2 {
                let single = try StintClient(.init(redis: "redis://127.0.0.1:\(port)"), logger: logger)
                let refusal = await refusal {
                    if operation == 0 { return try await single.connect() }
                    try await single.enqueue(name: "n", payload: [])
                }
                #expect(refusal?.code == .redisUnsuitable)
                #expect(refusal?.message.contains("redis+cluster://") == true)
                await single.shutdown()
            }
            // A user without INFO finds out by what the scripts answer.
            for member in cluster.members {
                _ = try await member.run("ACL", "SETUSER", "blind", "on", ">pw", "~*", "&*", "+@all", "-info")
            }
            let blind = try StintClient(.init(redis: "redis://blind:pw@127.0.0.1:\(port)"), logger: logger)
            var refusals = 0
            for queue in ["a", "b", "c", "d", "e", "f"] {
                let refusal = await refusal {
                    try await blind.enqueue(name: "n", payload: [], options: .init(queue: queue))
                }
                if let refusal {
                    #expect(refusal.code == .redisUnsuitable && refusal.message.contains("redis+cluster://"))
                    refusals += 1
                }
            }
            await blind.shutdown()
            #expect(refusals > 0)
        }
    }

    @Test("A single server addressed as a cluster is refused and the right address named")
    func singleServer() async throws {
        let redis = try await PrivateRedis.start()
        defer { redis.kill() }
        let node = RedisNode(
            configuration: redis.configuration, reactor: NIOReactor(), random: SystemRandom(), logger: logger)
        var port = 0
        // A port may be taken, so Redis is asked until it got one.
        try await eventually("a free port") {
            port = 10_000 + Int(SystemRandom().next() % 22_000)
            return (try? await node.send(RedisCommand("CONFIG", "SET", "port", "\(port)")))?.isOK == true
        }
        await node.shutdown()
        let client = try StintClient(.init(redis: "redis+cluster://127.0.0.1:\(port)"), logger: logger)
        do {
            try await client.connect()
            Issue.record("a single server was taken for a cluster")
        } catch {
            #expect(error.code == .redisUnsuitable)
            #expect(error.message.contains("redis://"))
        }
        await client.shutdown()
    }

    @Test("User and password are used at every node, and few rights are enough")
    func credentials() async throws {
        try await withCluster { cluster in
            for member in cluster.members {
                _ = try await member.run(
                    "ACL", "SETUSER", "app", "on", ">p@ss", "~{stint*", "&{stint*", "+@all", "-@admin", "-@dangerous",
                    "+info", "+cluster|slots", "+asking")
            }
            let url = cluster.url.replacing("://", with: "://app:p%40ss@")
            let client = try StintClient(.init(redis: url), logger: logger)
            for queue in ["a", "b", "c", "d", "e", "f"] {
                #expect(try await client.enqueue(name: "n", payload: [], options: .init(queue: queue)).isNew)
            }
            #expect(try await client.inspector.queues().count == 6)
            await client.shutdown()
            let wrong = try StintClient(.init(redis: url.replacing("p%40ss", with: "s3cret")), logger: logger)
            let refusal = await refusal { try await wrong.connect() }
            #expect(refusal?.code == .redisRefused)
            #expect(refusal?.description.contains("s3cret") == false)
            await wrong.shutdown()
        }
    }

    @Test("Every primary is checked, not only the first")
    func checked() async throws {
        try await withCluster { cluster in
            for member in cluster.members {
                _ = try await member.run("CONFIG", "SET", "maxmemory", "100mb")
                _ = try await member.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
                let client = try StintClient(.init(redis: cluster.url), logger: logger)
                #expect(await code { try await client.connect() } == .redisUnsuitable)
                await client.shutdown()
                _ = try await member.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
            }
            let client = try StintClient(.init(redis: cluster.url), logger: logger)
            try await client.connect()
            await client.shutdown()
        }
    }

    @Test("A cluster that is not there is unreachable, and no password is told")
    func unreachable() async throws {
        let client = try StintClient(
            .init(redis: "redis+cluster://u:secret-1@127.0.0.1:1,127.0.0.1:2", enqueueTimeout: .milliseconds(600)),
            logger: logger)
        do {
            try await client.enqueue(name: "n", payload: [])
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.code == .redisUnreachable)
            #expect(!error.description.contains("secret-1"))
        }
        await client.shutdown()
    }
}
