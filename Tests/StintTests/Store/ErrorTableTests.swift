// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import StintRedis
import Synchronization
import Testing

@testable import Stint

/// The error table: what each reply of Redis means to who called, on a server that really gives it.
///
/// A connection that is reset after sending is in `LostReplyTests`, a full Redis in `ConnectTests`, a wrong password and a
/// missing right of a producer there as well.
@Suite struct ErrorTableTests {
    // MARK: Unknown outcomes

    @Test("Timeout after sending: the call is repeated until it is answered, and is carried out once")
    func timeout() async throws {
        try await ErrorBench.with(change: { $0.commandTimeout = .milliseconds(200) }) { bench in
            let client = bench.client
            try await client.enqueue(name: "before", payload: [])
            bench.redis.suspend()
            async let receipt = client.enqueue(name: "n", payload: [])
            try await eventually("the connection is given up") {
                !bench.log.having("Gave the connection to Redis up").isEmpty
            }
            bench.redis.resume()
            #expect(try await receipt.isNew)
            #expect(try await client.inspector.queue("default").ready == 2)
        }
    }

    // MARK: Scripts

    @Test("NOSCRIPT: the script is sent once more, whole")
    func noScript() async throws {
        try await ErrorBench.with { bench in
            try await bench.client.enqueue(name: "n", payload: [])
            try await bench.command("SCRIPT", "FLUSH")
            #expect(try await bench.client.enqueue(name: "n", payload: []).isNew)
            #expect(try await bench.count(of: "NOSCRIPT") > 0)
            #expect(try await bench.client.inspector.queue("default").ready == 2)
        }
    }

    @Test("NOSCRIPT for a user that may not send scripts: says what is missing, and works once it is loaded")
    func noEval() async throws {
        // It may not ask for its rights either, or it would be told before.
        let user = "user weak on >pw ~* &* +@all -eval -script -acl"
        try await ErrorBench.with([user], user: "weak:pw@") { bench in
            do throws(StintError) {
                try await bench.client.enqueue(name: "n", payload: [])
                Issue.record("nothing was thrown")
            } catch {
                #expect(error.code == .redisRefused)
                #expect(error.message.contains("'open_lane'") && error.message.contains("give the user +eval"))
                #expect(error.message.contains(Scripts.openLaneScript.sha1))
            }
            for script in Scripts.all { try await bench.command("SCRIPT", "LOAD", script.source) }
            #expect(try await bench.client.enqueue(name: "n", payload: []).isNew)
        }
    }

    @Test("WRONGTYPE: the call fails and says that another program wrote the key, the log once, and others go on")
    func wrongType() async throws {
        try await ErrorBench.with { bench in
            try await bench.command("SET", "{stint:broken}:jobs", "no hash")
            for _ in 0..<3 {
                do throws(StintError) {
                    try await bench.client.enqueue(name: "n", payload: [], options: .init(queue: "broken"))
                    Issue.record("nothing was thrown")
                } catch {
                    #expect(error.code == .damaged)
                    #expect(error.message.contains("'enqueue'") && error.message.contains("`stint doctor`"))
                }
            }
            let entries = bench.log.having("A key in Redis is of another kind")
            #expect(entries.count == 1 && entries.first?.level == .error)
            #expect(entries.first?.metadata["stint.script"] == "enqueue")
            #expect(try await bench.client.enqueue(name: "n", payload: []).isNew)
        }
    }

    @Test("Any other error: the call fails and names the script, the log its digest as well, and others go on")
    func broken() async throws {
        try await ErrorBench.with { bench in
            try await bench.client.enqueue(name: "n", payload: [])
            // A number that none of Stint's would write, which the script compares.
            try await bench.command("HSET", "{stint:broken}:meta", "schema", "none")
            for _ in 0..<3 {
                do throws(StintError) {
                    try await bench.client.enqueue(name: "n", payload: [], options: .init(queue: "broken"))
                    Issue.record("nothing was thrown")
                } catch {
                    #expect(error.code == .internalError)
                    #expect(error.message.contains("'enqueue'") && error.message.contains("compare"))
                }
            }
            let entries = bench.log.having("Redis broke a script off")
            #expect(entries.count == 1 && entries.first?.level == .error)
            #expect(entries.first?.metadata["stint.script"] == "enqueue")
            #expect(entries.first?.metadata["stint.sha1"] == "\(Scripts.enqueueScript.sha1)")
            #expect(try await bench.client.enqueue(name: "n", payload: []).isNew)
        }
    }

    @Test("OOM: a worker drains a full Redis, drops the log lines of its jobs, and says so once")
    func full() async throws {
        try await ErrorBench.with { bench in
            for number in 0..<5 { try await bench.client.enqueue(Work(number: number)) }
            try await bench.command("CONFIG", "SET", "maxmemory", "1")
            let ran = Mutex(0)
            let worker = try Worker(bench.client, options: WorkerFixture.quick) {
                Handle(Work.self) { _, context in
                    for line in 0..<300 { context.log("line \(line)") }
                    ran.withLock { $0 += 1 }
                }
            }
            let task = Task { try await worker.run() }
            try await eventually("all jobs end") {
                try await bench.client.inspector.queue("default").totals.completed == 5
            }
            worker.drain()
            try await task.value
            #expect(ran.withLock { $0 } == 5)
            #expect(try await bench.command("KEYS", "*:log:*").arrayValue == [])
            let entries = bench.log.having("Redis is full: log lines of jobs are dropped")
            #expect(entries.count == 1 && entries.first?.level == .warning)
        }
    }

    // MARK: Not now

    @Test("READONLY: waits until the server is a primary again")
    func readOnly() async throws {
        try await ErrorBench.with { bench in
            try await bench.outlasts("READONLY") {
                try await bench.command("REPLICAOF", "127.0.0.1", "1")
            } leave: {
                try await bench.command("REPLICAOF", "NO", "ONE")
            }
        }
    }

    @Test("UNBLOCKED: a worker that waits for jobs waits again, and runs the next one")
    func unblocked() async throws {
        try await ErrorBench.with { bench in
            let ran = Mutex(0)
            let worker = try Worker(bench.client, options: WorkerFixture.quick) {
                Handle(Work.self) { _, _ in ran.withLock { $0 += 1 } }
            }
            let task = Task { try await worker.run() }
            try await eventually("it waits") {
                try await bench.command("INFO", "clients").string?.contains("blocked_clients:1") == true
            }
            try await bench.command("REPLICAOF", "127.0.0.1", "1")
            try await eventually("it is told") { try await bench.count(of: "UNBLOCKED") > 0 }
            try await bench.command("REPLICAOF", "NO", "ONE")
            try await bench.client.enqueue(Work())
            try await eventually("the job runs") { ran.withLock { $0 } == 1 }
            worker.drain()
            try await task.value
        }
    }

    @Test("MASTERDOWN: a look waits until the replica has a primary or is one")
    func masterDown() async throws {
        try await ErrorBench.with(["replica-serve-stale-data no"]) { bench in
            let client = bench.client
            try await client.enqueue(name: "n", payload: [])
            try await bench.command("REPLICAOF", "127.0.0.1", "1")
            async let status = client.inspector.queue("default")
            try await eventually("Redis answers MASTERDOWN") { try await bench.count(of: "MASTERDOWN") > 1 }
            try await bench.command("REPLICAOF", "NO", "ONE")
            #expect(try await status.ready == 1)
        }
    }

    @Test("LOADING: waits until Redis has read its data")
    func loading() async throws {
        let slow = ["key-load-delay 500", "loading-process-events-interval-bytes 1024"]
        try await ErrorBench.with(slow) { bench in
            let client = bench.client
            try await client.enqueue(name: "before", payload: [])
            let fill = "for i = 1, 4000 do redis.call('SET', 'k' .. i, string.rep('x', 100)) end"
            try await bench.command("EVAL", fill, "0")
            try await bench.command("SAVE")
            bench.redis.kill()
            async let receipt = client.enqueue(name: "n", payload: [])
            try await bench.redis.restart()
            #expect(try await receipt.isNew)
            #expect(try await bench.refusedScripts() > 0)
            #expect(try await client.inspector.queue("default").ready == 2)
        }
    }

    @Test("BUSY: waits until the script has ended by itself, and never kills it")
    func busy() async throws {
        try await ErrorBench.with(["busy-reply-threshold 20"]) { bench in
            let client = bench.client
            try await client.enqueue(name: "before", payload: [])
            async let slow = bench.command("EVAL", Self.busy(milliseconds: 1_500), "0")
            let refused = Mutex(false)
            try await eventually("Redis is busy") {
                if (try? await bench.client.core.transport.send(RedisCommand("GET", "a"), timeout: .seconds(9))) == nil
                {
                    refused.withLock { $0 = true }
                }
                return refused.withLock { $0 }
            }
            #expect(try await client.enqueue(name: "n", payload: []).isNew)
            #expect(try await slow.string == "ended by itself")
            #expect(try await bench.count(of: "BUSY") > 0)
            #expect(try await bench.command("INFO", "commandstats").string?.contains("script|kill") == false)
            #expect(try await client.inspector.queue("default").ready == 2)
        }
    }

    // MARK: Alarms

    @Test("NOREPLICAS: waits, and raises the alarm once however often it is told")
    func noReplicas() async throws {
        try await ErrorBench.with { bench in
            try await bench.outlasts("NOREPLICAS", times: 3) {
                try await bench.command("CONFIG", "SET", "min-replicas-to-write", "1")
            } leave: {
                try await bench.command("CONFIG", "SET", "min-replicas-to-write", "0")
            }
            expectAlarm(bench, "NOREPLICAS")
        }
    }

    @Test("MISCONF: waits, and raises the alarm once however often it is told")
    func misconfigured() async throws {
        try await ErrorBench.with(["stop-writes-on-bgsave-error yes"]) { bench in
            let file = bench.redis.directory + "/dump.rdb"
            try await bench.outlasts("MISCONF", times: 3) {
                // What a snapshot is to be renamed to is a directory.
                try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
                try await bench.command("CONFIG", "SET", "save", "3600 1")
                try await bench.command("BGSAVE")
                try await eventually("the snapshot fails") {
                    try await bench.command("INFO", "persistence").string?.contains("bgsave_status:err") == true
                }
            } leave: {
                try await bench.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
            }
            expectAlarm(bench, "MISCONF")
        }
    }

    private func expectAlarm(_ bench: ErrorBench, _ code: String) {
        let entries = bench.log.having("Redis takes no writes")
        #expect(entries.count == 1 && entries.first?.level == .error)
        #expect(entries.first?.metadata["error"]?.description.hasPrefix(code) == true)
    }

    // MARK: Refusals

    @Test("WRONGPASS, NOPERM: a worker that runs keeps trying, says so, and goes on once it is let in again")
    func refusedWorker() async throws {
        try await ErrorBench.with(["user weak on >pw ~* &* +@all"], user: "weak:pw@") { bench in
            let ran = Mutex(0)
            let worker = try Worker(bench.client, options: WorkerFixture.quick) {
                Handle(Work.self) { _, _ in ran.withLock { $0 += 1 } }
            }
            let task = Task { try await worker.run() }
            try await bench.client.enqueue(Work())
            try await eventually("a job runs") { ran.withLock { $0 } == 1 }
            // Its password is changed, and its connections are closed.
            try await bench.command("ACL", "SETUSER", "weak", "resetpass", ">other")
            try await bench.command("CLIENT", "KILL", "USER", "weak")
            try await eventually("it is refused") { !bench.log.having("Redis refused the connection").isEmpty }
            #expect(await code { try await bench.client.enqueue(Work()) } == .redisRefused)
            try await bench.command("ACL", "SETUSER", "weak", "resetpass", ">pw", "-evalsha")
            try await eventually("it may do nothing") { !bench.log.having("A loop of the worker").isEmpty }
            try await bench.command("ACL", "SETUSER", "weak", "+evalsha")
            try await eventually("another job is taken") {
                (try? await bench.client.enqueue(Work())) != nil
            }
            try await eventually("another job runs") { ran.withLock { $0 } == 2 }
            worker.drain()
            try await task.value
        }
    }

    /// A script that takes this long.
    private static func busy(milliseconds: Int) -> String {
        """
        local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
        local till = now() + \(milliseconds)
        while now() < till do end
        return 'ended by itself'
        """
    }
}
