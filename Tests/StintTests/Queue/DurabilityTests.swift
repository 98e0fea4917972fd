// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintTesting
import Testing

@testable import Stint
@testable import StintRedis

@Suite struct DurabilityTests {
    /// A primary that is followed by one replica.
    struct Pair {
        let primary: PrivateRedis
        let replica: PrivateRedis

        static func with(_ body: (Pair) async throws -> Void) async throws {
            try await ServerSlots.shared.run {
                let ports = try LoopbackPort.free(1)
                let primary = try await PrivateRedis.start(
                    extraConfiguration: ["port \(ports[0])", "bind 127.0.0.1", "repl-diskless-sync-delay 0"])
                let replica = try await PrivateRedis.start(extraConfiguration: ["replicaof 127.0.0.1 \(ports[0])"])
                try await Self.wait(for: replica)
                try await body(Pair(primary: primary, replica: replica))
                replica.kill()
                primary.kill()
            }
        }

        private static func wait(for replica: PrivateRedis) async throws {
            let node = RedisNode(
                configuration: replica.configuration, reactor: NIOReactor(), random: SystemRandom(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let deadline = ContinuousClock.now + .seconds(60)
            while try await node.send(RedisCommand("ROLE")).arrayValue?[3].string != "connected" {
                try #require(ContinuousClock.now < deadline)
                try await Task.sleep(for: .milliseconds(5))
            }
            await node.shutdown()
        }

        /// Runs a body with a client of the primary.
        func withClient(_ body: (TestCore, StintClient) async throws -> Void) async throws {
            let test = TestCore.connect(primary)
            let client = StintClient(core: test.core)
            do {
                // Known from the start, so that a lost reply is never that of NOSCRIPT.
                for script in Scripts.all {
                    _ = try await test.core.send(RedisCommand("SCRIPT", "LOAD", script.source))
                }
                try await body(test, client)
                await client.shutdown()
            } catch {
                await client.shutdown()
                throw error
            }
        }

        /// How many jobs the replica has in the default queue.
        func replicated() async throws -> Int64? {
            let node = RedisNode(
                configuration: replica.configuration, reactor: NIOReactor(), random: SystemRandom(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let count = try await node.send(RedisCommand("HLEN", QueueKeys(queue: "default").jobs)).integerValue
            await node.shutdown()
            return count
        }
    }

    private let patient = JobOptions(durability: .replicated(1, within: .seconds(60)))

    @Test("A job that a replica confirmed is there")
    func replicated() async throws {
        try await Pair.with { pair in
            try await pair.withClient { _, client in
                let receipt = try await client.enqueue(name: "n", payload: [1], options: patient)
                #expect(receipt.confirmation == .replicated(1))
                #expect(receipt.isNew && receipt.isConfirmed)
                #expect(try await pair.replicated() == 1)
            }
        }
    }

    @Test("More replicas than there are leave the job accepted and unconfirmed")
    func tooMany() async throws {
        try await Pair.with { pair in
            try await pair.withClient { _, client in
                // The one replica is given the time it needs before two are asked for.
                try await client.enqueue(name: "n", payload: [1], options: patient)
                let options = JobOptions(durability: .replicated(2, within: .milliseconds(500)))
                let receipt = try await client.enqueue(name: "n", payload: [2], options: options)
                #expect(receipt.isNew && !receipt.isConfirmed)
                guard case .unconfirmed(let replicas, let reason) = receipt.confirmation else {
                    Issue.record("\(receipt)")
                    return
                }
                #expect(replicas <= 1)
                #expect(reason.contains("of 2 replicas"))
                #expect(try await client.inspector.job(receipt.id)?.payload == [2])
            }
        }
    }

    @Test("Without a replica nothing is confirmed, and the caller is told in the time it gave")
    func alone() async throws {
        try await withStint { stint in
            let options = JobOptions(durability: .replicated(1, within: .milliseconds(20)))
            let receipt = try await stint.client.enqueue(name: "n", payload: [1], options: options)
            guard case .unconfirmed(replicas: 0, _) = receipt.confirmation else {
                Issue.record("\(receipt)")
                return
            }
            #expect(try await stint.inspector.job(receipt.id) != nil)
        }
    }

    @Test("Of jobs that travel together each gets the confirmation that it asked for")
    func mixed() async throws {
        try await Pair.with { pair in
            try await pair.withClient { _, client in
                let jobs = [
                    RawJob(name: "n", payload: [1]),
                    RawJob(name: "n", payload: [2], options: patient),
                    RawJob(
                        name: "n", payload: [3],
                        options: JobOptions(unique: .key("k"), durability: .replicated(1, within: .seconds(60)))),
                    RawJob(
                        name: "n", payload: [4],
                        options: JobOptions(unique: .key("k"), durability: .replicated(1, within: .seconds(60)))),
                ]
                let receipts = try await client.enqueue(contentsOf: jobs)
                #expect(receipts.map(\.confirmation) == [.local, .replicated(1), .replicated(1), .local])
                #expect(receipts.map(\.outcome) == [.enqueued, .enqueued, .enqueued, .rejected])
            }
        }
    }

    @Test("A call whose reply was lost and that was repeated is confirmed as well, and adds one job")
    func repeated() async throws {
        try await Pair.with { pair in
            try await pair.withClient { test, client in
                test.faults.apply([.loseReply], to: Scripts.enqueueScript)
                let receipt = try await client.enqueue(name: "n", payload: [1], options: patient)
                #expect(receipt.confirmation == .replicated(1))
                #expect(test.faults.count(of: Scripts.enqueueScript) == 2)
                #expect(try await pair.replicated() == 1)
            }
        }
    }

    @Test("A primary that does not know the call cannot vouch for it")
    func failedOver() async throws {
        try await Pair.with { pair in
            try await pair.withClient { test, client in
                // What a primary holds that took over before the call had reached it.
                let lane = test.core.keys(queue: "default").lane("l")
                _ = try await test.core.send(RedisCommand("SET", lane, "4:", "PX", "600000"))
                let thrown = await code {
                    let result = await withCheckedContinuation { continuation in
                        let reply = Lane.Reply(
                            value: .null, firstSent: .zero, wasRepeated: false, lane: lane, number: 5)
                        Confirming(core: test.core, reply: reply, durability: .replicated(1, within: .seconds(60))) {
                            continuation.resume(returning: $0)
                        }.run()
                    }
                    _ = try result.get()
                }
                #expect(thrown == .outcomeUnknown)
            }
        }
    }

    @Test("The disk confirms where the server has WAITAOF; another server refuses before the job is sent")
    func fsynced() async throws {
        try await ServerSlots.shared.run {
            let redis = try await PrivateRedis.start(appendOnly: true)
            let test = TestCore.connect(redis)
            let client = StintClient(core: test.core)
            let known = try await test.core.send(RedisCommand("COMMAND", "INFO", "WAITAOF"))
            let options = JobOptions(durability: .fsynced(within: .seconds(60)))
            if known.arrayValue?.first?.arrayValue != nil {
                let receipt = try await client.enqueue(name: "n", payload: [1], options: options)
                #expect(receipt.confirmation == .fsynced)
            } else {
                let thrown = await code { try await client.enqueue(name: "n", payload: [1], options: options) }
                #expect(thrown == .redisUnsuitable)
                #expect(test.faults.count(of: Scripts.enqueueScript) == 0)
            }
            await client.shutdown()
            redis.kill()
        }
    }

    @Test("A wait that cannot be is refused before the job is sent")
    func invalid() async throws {
        try await withStint { stint in
            let wrong: [Durability] = [
                .replicated(0), .replicated(101), .replicated(1, within: .zero), .fsynced(within: .seconds(61)),
            ]
            for durability in wrong {
                let options = JobOptions(durability: durability)
                let thrown = await code { try await stint.client.enqueue(name: "n", payload: [], options: options) }
                #expect(thrown == .invalidInput)
            }
            let names = try await stint.inspector.queueNames()
            #expect(names == [])
        }
    }
}
