// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// Whole lives of jobs, of which every part runs as the user of its role.
@Suite struct AccessRoleTests {
    /// Enqueues one, many, delayed, unique and awaited jobs, and waits for the durability and the results of some.
    private func produce(_ client: StintClient) async throws {
        let queue = "mail"
        try await client.enqueue(name: "ok", payload: [], options: .init(queue: queue))
        let many = (0..<700).map {
            RawJob(name: "ok", payload: .init(repeating: 65, count: $0), options: .init(queue: queue))
        }
        #expect(try await client.enqueue(contentsOf: many).filter(\.isNew).count == 700)
        for delay in [Duration.milliseconds(50), .seconds(3600)] {
            try await client.enqueue(name: "ok", payload: [], options: .init(queue: queue, delay: delay))
        }
        var options = JobOptions(queue: queue, delay: .seconds(3600), unique: .key("k", onConflict: .replace))
        try await client.enqueue(name: "ok", payload: [], options: options)
        let second = try await client.enqueue(name: "ok", payload: [], options: options)
        #expect(second.outcome == .replaced)
        options.unique = .key("k", onConflict: .existing)
        #expect(try await client.enqueue(name: "ok", payload: [], options: options).outcome == .existing)
        options.unique = .key("k", onConflict: .reject)
        #expect(await code { try await client.enqueue(name: "ok", payload: [], options: options) } == .duplicateJob)
        options = JobOptions(queue: queue, durability: .replicated(1, within: .milliseconds(100)))
        let held = try await client.enqueue(name: "ok", payload: [], options: options)
        guard case .unconfirmed(0, let reason) = held.confirmation else {
            Issue.record("\(String(describing: held.confirmation))")
            return
        }
        #expect(reason.hasPrefix("0 of 1 replicas"))
        options = JobOptions(queue: queue, isAwaited: true)
        let awaited = try await client.enqueue(name: "result", payload: [], options: options)
        #expect(try await client.result(of: awaited.id, as: Int.self) == 7)
        let cancelled = try await client.enqueue(
            name: "ok", payload: [], options: .init(queue: queue, delay: .seconds(60)))
        #expect(try await client.queue(queue).cancel([cancelled.id]) == [.cancelled])
    }

    /// Runs what a worker can meet while the body runs, and returns once all of it has ended.
    private func work(
        _ client: StintClient, as admin: StintClient, queue: String = "mail", _ body: () async throws -> Void
    ) async throws {
        let attempts = Mutex(0)
        var options = WorkerFixture.quick
        options.deadAge = .milliseconds(1)
        let worker = try Worker(client, queues: [.init(queue)], slots: 16, options: options) {
            Handle(raw: "ok") { _, _ in .completed }
            Handle(raw: "result") { _, context in
                context.setProgress(0.5, note: "half")
                context.log("line")
                return .completed(result: Array("7".utf8))
            }
            Handle(raw: "again") { _, _ in
                let isFirst = attempts.withLock { attempts in
                    attempts += 1
                    return attempts == 1
                }
                return isFirst ? .retry(after: nil, reason: "first") : .completed
            }
            Handle(raw: "dead") { _, _ in .dead(reason: "broken") }
            Handle(raw: "long") { _, _ in
                try await Task.sleep(for: .seconds(3600))
                return .completed
            }
        }
        let task = Task { try await worker.run() }
        try await eventually("it beats") { try await admin.inspector.nodes().count == 1 }
        var ids: [JobID] = []
        for (name, attempts) in [("again", 3), ("dead", 1), ("long", 1), ("nobody", 1), ("result", 1)] {
            let options = JobOptions(
                queue: queue, retry: .fixed(.milliseconds(10), attempts: attempts), keep: .seconds(60))
            ids.append(try await admin.enqueue(name: name, payload: [], options: options).id)
        }
        try await eventually("the long one runs") { try await admin.inspector.job(ids[2])?.summary.state == .running }
        _ = try await admin.queue(queue).cancel([ids[2]])
        try await eventually("all have ended but the one that nobody handles") {
            let status = try await admin.inspector.queue(queue)
            let state = try await admin.inspector.job(ids[2])?.summary.state
            return status.running == 0 && status.ready == 0 && attempts.withLock { $0 } >= 2 && state == .cancelled
        }
        #expect(try await admin.inspector.log(of: ids[4], queue: queue).map(\.text) == ["line"])
        try await body()
        worker.drain()
        try await task.value
    }

    @Test("A producer and a worker do all that they do, and Redis refuses them nothing")
    func lives() async throws {
        try await AccessFixture.with { fixture in
            try await fixture.withClient("default") { admin in
                try await fixture.withClient("stint-worker") { runner in
                    try await fixture.withClient("stint-producer") { producer in
                        try await work(runner, as: admin) { try await produce(producer) }
                    }
                }
            }
            #expect(try await fixture.refusals() == [])
        }
    }

    @Test(
        "A user is refused every command and key that its role does not need", arguments: AccessRole.allCases)
    func refused(role: AccessRole) async throws {
        try await AccessFixture.with { fixture in
            try await fixture.command("SET", ["other", "1"])
            try await fixture.command("HSET", ["{stint:mail}:jobs", "a", "1"])
            try await fixture.command("HSET", ["{team:mail}:jobs", "a", "1"])
            let before = try await RedisSnapshot.take(from: fixture.admin.commands)
            let lines = [
                "FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "CONFIG GET *", "CONFIG SET save x", "ACL LIST",
                "ACL GETUSER default", "ACL SETUSER x", "SHUTDOWN NOSAVE", "SCRIPT FLUSH",
                "SCRIPT KILL", "FUNCTION LIST", "CLIENT LIST", "CLIENT KILL ID 1", "MONITOR", "SAVE",
                "REPLICAOF NO ONE",
                "CLUSTER RESET", "MIGRATE h 1 k 0 1", "RESTORE {stint:mail}:x 0 x", "DUMP {stint:mail}:jobs",
                "RENAME {stint:mail}:jobs {stint:mail}:x", "EXPIRE {stint:mail}:jobs 1", "UNLINK {stint:mail}:jobs",
                "GET other", "SET other 2", "HGET {team:mail}:jobs a", "HSET {team:mail}:jobs a 2",
                "SADD {team}:queues x",
                "SUBSCRIBE other", "SUBSCRIBE {team:mail}:ended", "PSUBSCRIBE *", "PUBLISH other x",
                "EVAL return(redis.call('FLUSHALL')) 0", "EVAL return(redis.call('GET',KEYS[1])) 1 other",
                "EVAL return(redis.call('GET','other')) 0", "EVAL_RO return(redis.call('GET',KEYS[1])) 1 other",
                "EVAL return(redis.call('UNLINK',KEYS[1])) 1 {stint:mail}:jobs",
            ]
            let writes = [
                "HSET {stint:mail}:jobs a 2", "DEL {stint:mail}:jobs", "HDEL {stint:mail}:jobs a",
                "EVAL return(1) 1 {stint:mail}:jobs", "EVALSHA x 1 {stint:mail}:jobs",
                "EVAL_RO return(redis.call('HSET',KEYS[1],'a','2')) 1 {stint:mail}:jobs", "SADD {stint}:queues x",
                "PUBLISH {stint:mail}:ended x", "SUBSCRIBE {stint:mail}:ended", "BZPOPMIN {stint:mail}:wake 1",
            ]
            let more =
                switch role {
                case .dashboard: writes
                case .producer: ["DEL {stint:mail}:jobs", "HGETALL {stint:mail}:jobs", "BZPOPMIN {stint:mail}:wake 1"]
                case .worker: ["DEL {stint:mail}:jobs", "HGETALL {stint:mail}:jobs", "SUBSCRIBE {stint:mail}:ended"]
                case .operator: ["BZPOPMIN {stint:mail}:wake 1"]
                }
            try await fixture.withNode("stint-\(role)") { node in
                let user = try await node.send(RedisCommand("ACL", "WHOAMI")).string
                #expect(user == "stint-\(role)")
                for line in lines + more {
                    let words = line.split(separator: " ").map(String.init)
                    let error = await #expect(throws: RedisFailure.self, "\(line)") {
                        try await node.commands.send(
                            RedisCommand(words[0], Array(words.dropFirst())), timeout: .seconds(60))
                    }
                    guard case .server(let reply)? = error else {
                        Issue.record("\(line): \(String(describing: error))")
                        continue
                    }
                    let isRefused =
                        reply.code == "NOPERM" || reply.message.hasPrefix("The user executing the script can't")
                        // From Redis 7.2 on, and Valkey.
                        || reply.message.hasPrefix("ACL failure in script")
                    #expect(isRefused, "\(line): \(reply)")
                }
            }
            #expect(try await RedisSnapshot.take(from: fixture.admin.commands) == before)
        }
    }

    @Test("The same users work on a cluster, at every node, and each of its own rights is checked there")
    func cluster() async throws {
        try await withCluster { cluster in
            for member in cluster.members {
                for role in AccessRole.allCases {
                    let rules = try AccessRules([role])
                    let words = rules.rules.map { $0 == AccessRules.placeholder ? ">pw" : $0 }
                    _ = try await member.run("ACL", ["SETUSER", rules.user] + words)
                }
            }
            try await live(at: cluster.url)
            for member in cluster.members {
                let refusals = try await AccessFixture.refusals(member.transport)
                #expect(refusals == [])
            }
            // The slots are asked for before anything is sent; the others are judged.
            let last = try #require(cluster.members.last)
            for right in ["asking", "ping", "zadd"] {
                _ = try await last.run("ACL", "SETUSER", "stint-producer", "-\(right)")
                try await withClient("stint-producer", at: cluster.url) { client in
                    let error = await #expect(throws: StintError.self) { try await client.connect(as: .producer) }
                    #expect(error?.code == .redisRefused && error?.message.contains(": +\(right).") == true, "\(right)")
                }
                _ = try await last.run("ACL", "SETUSER", "stint-producer", "+\(right)")
            }
        }
    }

    @Test("The same users work with a primary that sentinels name")
    func sentinel() async throws {
        try await ServerSlots.shared.run {
            let group = try await PrivateSentinel.start(
                replicas: 1, sentinels: 1, serverConfiguration: try AccessFixture.userLines())
            let result: Result<Void, any Error>
            do {
                result = .success(try await live(at: group.url))
            } catch {
                result = .failure(error)
            }
            await group.stop()
            try result.get()
        }
    }

    /// Enqueues, runs, awaits, looks and steers as the users of the four roles.
    private func live(at url: String) async throws {
        try await withClient("stint-producer", at: url) { producer in
            try await withClient("stint-worker", at: url) { runner in
                let queues = ["a", "b", "c", "d"]
                let worker = try Worker(runner, queues: queues.map { .init($0) }, options: WorkerFixture.quick) {
                    Handle(raw: "result") { _, _ in .completed(result: Array("7".utf8)) }
                }
                let task = Task { try await worker.run() }
                for queue in queues {
                    let options = JobOptions(queue: queue, isAwaited: true)
                    let receipt = try await producer.enqueue(name: "result", payload: [], options: options)
                    #expect(try await producer.result(of: receipt.id, as: Int.self, timeout: .seconds(60)) == 7)
                }
                try await withClient("stint-dashboard", at: url) { dashboard in
                    #expect(try await dashboard.inspector.queues().map(\.name) == queues)
                    try await eventually("the worker beats") { try await dashboard.inspector.nodes().count == 1 }
                    #expect(try await dashboard.inspector.server().version != "")
                    #expect(await code { try await dashboard.queue("a").pause() } == .redisRefused)
                }
                try await withClient("stint-operator", at: url) { steering in
                    try await steering.queue("a").pause()
                    #expect(try await steering.inspector.queue("a").pause != nil)
                    #expect(try await steering.queue("a").resume())
                }
                worker.drain()
                try await task.value
            }
        }
    }

    private func withClient(
        _ user: String, at url: String, _ body: (StintClient) async throws -> Void
    ) async throws {
        let client = try StintClient(
            .init(redis: url.replacing("://", with: "://\(user):pw@")),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try result.get()
    }
}
