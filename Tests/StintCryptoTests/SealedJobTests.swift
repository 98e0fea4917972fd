// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Foundation
import Logging
import Stint
import StintCrypto
import StintRedis
import StintTesting
import Testing

@Suite struct SealedJobTests {
    private static let canary = "hunter2-Kanarienvogel"
    private static let payload = Array(#"{"text":"hunter2-Kanarienvogel"}"#.utf8)

    @Test(
        "Nothing that a job carries stands readable in Redis, and who has the key reads all of it",
        arguments: [0, 2_000])
    func secrecy(padding: Int) async throws {
        let payload = Self.payload + [UInt8](repeating: 32, count: padding)
        try await SealedBench.with { bench in
            let (canary, client) = (Self.canary, bench.client)
            let options = JobOptions(unique: .key("key of " + canary), retry: .never, keep: .seconds(600))
            let done = try await client.enqueue(name: "done", payload: payload, options: options)
            let failing = JobOptions(retry: .fixed(.seconds(600), attempts: 2), keep: .seconds(600))
            let failed = try await client.enqueue(name: "fail", payload: payload, options: failing)
            let dying = try await client.enqueue(name: "die", payload: payload, options: .init(retry: .never))
            #expect(try await !bench.redisHolds(canary))
            let seen = try await bench.work { payload, context in
                context.log("log " + canary)
                context.setProgress(0.5, note: "note " + canary)
                switch context.name {
                case "fail": throw JobSignal.retry(after: .zero, reason: "no " + canary)
                case "die": throw StintError(.closed, "died of " + canary)
                default: return .completed(result: payload)
                }
            }
            #expect(seen == Array(repeating: payload, count: 4))
            #expect(try await !bench.redisHolds(canary))

            let inspector = client.inspector
            let details = try #require(try await inspector.job(done.id))
            #expect(details.payload == payload && details.result == payload)
            #expect(details.seal == JobSeal(keyID: "k1", problem: nil) && details.summary.isSealed)
            #expect(details.summary.uniqueKey?.hasPrefix("hmac-") == true)
            #expect(try await client.result(of: done.id).bytes == payload)
            #expect(try await inspector.log(of: done.id).map(\.text) == ["log " + canary])
            let broken = try #require(try await inspector.job(failed.id))
            #expect(broken.failures.map(\.text) == ["no " + canary, "no " + canary])
            #expect(broken.summary.reason == "no attempts left: no " + canary)
            let dead = try await inspector.jobs(queue: "default", state: .dead).jobs
            #expect(Set(dead.map(\.id)) == [failed.id, dying.id])
            #expect(dead.allSatisfy { $0.reason?.contains(canary) == true })
            #expect(try await client.outcome(of: dying.id).reason?.contains("died of " + canary) == true)
        }
    }

    @Test("A client with a file of keys seals, and a typed handler gets its job")
    func file() async throws {
        struct Greet: Job, Equatable {
            static let name = "greet"
            var name: String
        }
        let path = FileManager.default.temporaryDirectory.path + "/stint-keys-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try KeyringFile(newKey: "k1").write(to: path)
        try await withStint { stint in
            let redis = stint.url
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let keys = try Keyring(file: path)
            let client = try StintClient(.init(redis: redis), sealing: Sealing(keys), logger: logger)
            try await client.enqueue(Greet(name: "Wang"), options: .init(id: JobID("a1")))
            #expect(try await stint.inspector.job(JobID("a1"))?.seal?.keyID == "k1")
            let got = SeenPayloads()
            var options = WorkerOptions()
            options.stopsWhenEmpty = true
            try await Worker(client, options: options) {
                Handle(Greet.self) { job, _ in got.add(Array(job.name.utf8)) }
            }.run()
            #expect(got.all == [Array("Wang".utf8)])
            await client.shutdown()
        }
    }

    @Test("Who has no key, or another, is told which key it takes")
    func withoutKey() async throws {
        try await SealedBench.with { bench in
            let options = JobOptions(keep: .seconds(600))
            let done = try await bench.client.enqueue(name: "n", payload: Self.payload, options: options)
            let dead = try await bench.client.enqueue(name: "dead", payload: Self.payload, options: options)
            try await bench.work { payload, context in
                context.log("secret")
                if context.name == "dead" { throw JobSignal.dead(reason: "secret") }
                return .completed(result: payload)
            }
            for sealing in [nil, try TestKeys.sealing("unique \(TestKeys.secrets[0])\nseal k7 \(TestKeys.secrets[2])")]
            {
                try await bench.other(sealing) { client in
                    let details = try #require(try await client.inspector.job(done.id))
                    #expect(details.seal?.keyID == "k1" && details.seal?.isOpen == false)
                    #expect(details.seal?.problem?.contains("sealed with key k1") == true)
                    #expect(details.payload.isEmpty && details.result == nil)
                    #expect(try await client.inspector.log(of: done.id).map(\.text) == ["(sealed with key k1)"])
                    let summary = try await client.inspector.jobs(queue: "default", state: .dead).jobs.first
                    #expect(summary?.reason == "(sealed with key k1)")
                    await #expect { _ = try await client.result(of: done.id) } throws: {
                        ($0 as? StintError)?.code == .unknownKey
                    }
                    #expect(try await client.outcome(of: dead.id).reason == "(sealed with key k1)")
                }
            }
        }
    }

    @Test(
        "A worker that lacks the key makes the job dead with a reason that names it, and the job runs once it is there")
    func unknownKey() async throws {
        try await SealedBench.with(TestKeys.sealing(TestKeys.two)) { bench in
            let id = try await bench.client.enqueue(name: "n", payload: Self.payload).id
            for (sealing, end) in [
                (try TestKeys.sealing(TestKeys.one), "which is not in the keyring."),
                (nil, "and this process has no keys."),
            ] {
                let seen = try await bench.other(sealing) { try await bench.work($0) }
                #expect(seen.isEmpty)
                let dead = try #require(try await bench.client.inspector.job(id)).summary
                #expect(dead.state == .dead)
                #expect(dead.reason == "The payload is sealed with key k2, " + end)
                try await bench.client.queue("default").retryDead([id])
            }
            #expect(try await bench.work() == [Self.payload])
        }
    }

    @Test("A job that is not sealed is dead before its handler runs, unless such jobs are accepted")
    func plaintext() async throws {
        try await SealedBench.with { bench in
            let id = try await bench.other(nil) { try await $0.enqueue(name: "n", payload: Self.payload).id }
            #expect(try await bench.work().isEmpty)
            let dead = try #require(try await bench.client.inspector.job(id)).summary
            #expect(dead.state == .dead)
            #expect(dead.reason == "The payload is not sealed, and only sealed jobs are accepted here.")
            try await bench.client.queue("default").retryDead([id])
            let sealed = try await bench.client.enqueue(name: "n", payload: [1]).id
            let seen = try await bench.other(try TestKeys.sealing(TestKeys.one, .accepting)) {
                try await bench.work($0)
            }
            #expect(Set(seen) == [Self.payload, [1]])
            #expect(try await bench.client.inspector.job(sealed) == nil)
        }
    }

    @Test(
        "A sealed payload runs as no other job, whoever moves it",
        arguments: ["id", "name", "queue", "flag", "byte", "namespace"])
    func moved(what: String) async throws {
        try await SealedBench.with { bench in
            let job = JobOptions(id: try JobID("a1"), retry: .never)
            let big = Self.payload + [UInt8](repeating: 32, count: 700)
            try await bench.client.enqueue(name: "name1", payload: what == "byte" ? big : Self.payload, options: job)
            let keys = bench.client.core.keys(queue: "default")
            let (field, jobs) = (Array("a1".utf8), Array(keys.jobs.utf8))
            var record = try #require(try await bench.command("HGET", [jobs, field]).bytesValue)
            var target = (queue: "default", namespace: "stint", id: "a1")
            switch what {
            case "id": target.id = "a2"
            case "queue": target.queue = "other"
            case "namespace": target.namespace = "other"
            case "name": record[38 + 5] = UInt8(ascii: "2")
            case "flag": record[4] &= ~64
            default:
                var bytes = try #require(try await bench.command("HGET", [Array(keys.big.utf8), field]).bytesValue)
                bytes[bytes.count - 1] ^= 1
                _ = try await bench.command("HSET", [Array(keys.big.utf8), field, bytes])
            }
            _ = try await bench.command("DEL", [jobs])
            _ = try await bench.command("DEL", [Array(keys.ready[2].utf8)])
            try await bench.other(try TestKeys.sealing(), namespace: target.namespace) { client in
                let keys = client.core.keys(queue: target.queue)
                let id = Array(target.id.utf8)
                _ = try await bench.command("HSET", [Array(keys.jobs.utf8), id, record])
                _ = try await bench.command("RPUSH", [Array(keys.ready[2].utf8), id])
                #expect(try await bench.work(client, queue: target.queue).isEmpty)
                let dead = try await client.inspector.jobs(queue: target.queue, state: .dead).jobs
                #expect(dead.map(\.id.description) == [target.id])
                #expect(
                    dead.first?.reason?.hasPrefix(
                        what == "flag" ? "The payload is not sealed" : "The payload is not authentic") == true)
            }
        }
    }

    @Test("A result that was forged is refused")
    func forgedResult() async throws {
        try await SealedBench.with { bench in
            let options = JobOptions(id: try JobID("a1"), keep: .seconds(600))
            try await bench.client.enqueue(name: "n", payload: Self.payload, options: options)
            try await bench.work { _, _ in .completed(result: Array("true".utf8)) }
            let keys = bench.client.core.keys(queue: "default")
            let place = [Array(keys.jobs.utf8), Array("a1".utf8)]
            let record = try #require(try await bench.command("HGET", place).bytesValue)
            // The last byte of the record is one of the payload, and one of its fields before is the result.
            let sealed = try #require(try JobRecord(record).result)
            let start = try #require(record.indices.first { record[$0...].starts(with: sealed) })
            for change in ["altered", "plain"] {
                var forged = record
                if change == "altered" { forged[start + sealed.count - 1] ^= 1 } else { forged[4] &= ~64 }
                _ = try await bench.command("HSET", place + [forged])
                await #expect { _ = try await bench.client.result(of: JobID("a1")) } throws: {
                    ($0 as? StintError)?.code == .notAuthentic
                }
            }
        }
    }

    @Test("The payload's limit counts the sealed bytes")
    func limit() async throws {
        try await SealedBench.with(configure: { $0.maxPayloadBytes = 1_000 }) { bench in
            let overhead = 32
            try await bench.client.enqueue(name: "n", payload: .init(repeating: 1, count: 1_000 - overhead))
            await #expect {
                try await bench.client.enqueue(name: "n", payload: .init(repeating: 1, count: 1_001 - overhead))
            } throws: {
                ($0 as? StintError)?.code == .payloadTooLarge
            }
            try await bench.work { _, context in
                context.log(String(repeating: "l", count: 20_000))
                throw JobSignal.dead(reason: String(repeating: "ä", count: 20_000))
            }
            let dead = try #require(try await bench.client.inspector.jobs(queue: "default", state: .dead).jobs.first)
            #expect(dead.reason == String(repeating: "ä", count: 1_500))
            #expect(try await bench.client.inspector.log(of: dead.id).map(\.text.count) == [6_073])
        }
    }
}
#endif
