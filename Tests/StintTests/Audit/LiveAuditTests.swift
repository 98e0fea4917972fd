// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// Audits by the library while workers run.
@Suite struct LiveAuditTests {
    @Test("On a busy queue an audit finds nothing, however often it is made, and jobs that were lost all the same")
    func busy() async throws {
        try await WorkerFixture.with { fixture in
            let client = fixture.client
            let ends = Mutex(0)
            let keys = client.core.keys(queue: "default")
            _ = try await client.enqueue(
                contentsOf: (0..<3_000).map { RawJob(name: "n", payload: Array("\($0)".utf8)) })
            try await fixture.running(slots: 16) {
                Handle(raw: "*") { _, context in
                    ends.withLock { $0 += 1 }
                    context.setProgress(0.5)
                    switch context.id.description.utf8.last.map({ $0 % 8 }) {
                    case 0: throw JobSignal.snooze(.milliseconds(30))
                    case 1: throw CancellationError()
                    default: return .completed
                    }
                }
            } _: { _ in
                let producer = Task { try await produce(client) }
                defer { producer.cancel() }
                for round in 1... {
                    #expect(try await findings(client) == [])
                    if round >= 10, ends.withLock({ $0 }) >= 3_000 { break }
                }

                // One is not in its index, one is ready and in no list.
                for id in ["lost1", "lost2"] {
                    let options = JobOptions(delay: .seconds(3_600), id: try JobID(id))
                    _ = try await client.enqueue(name: "n", payload: [], options: options)
                    _ = try await client.core.send(RedisCommand("ZREM", keys.delayed, id))
                }
                var record = try #require(await client.core.send(RedisCommand("HGET", keys.jobs, "lost2")).bytesValue)
                record[1] = UInt8(ascii: "r")
                record.write(1_000, at: 17, bytes: 6)
                _ = try await client.core.send(
                    RedisCommand("HSET", [Array(keys.jobs.utf8), Array("lost2".utf8), record]))
                let found = try await findings(client)
                #expect(
                    Set(found.map { "\($0.kind) \($0.job?.description ?? "")" }) == [
                        "unindexed lost1", "missing lost2",
                    ])
                for finding in found {
                    #expect(try await client.queue("default").repair(finding) == .mended)
                    #expect(try await client.queue("default").repair(finding) == .sound)
                }
                try await eventually("the job that was mended is run") {
                    try await client.inspector.job(JobID("lost2"), queue: "default")?.summary.state != .ready
                }
                #expect(try await findings(client) == [])
                producer.cancel()
                try? await producer.value
            }
        }
    }

    private func findings(_ client: StintClient) async throws -> [AuditFinding] {
        var audit = client.inspector.audit(queue: "default")
        var findings: [AuditFinding] = []
        while let step = try await audit.next() { findings += step.findings }
        return findings
    }

    /// Enqueues jobs of all kinds, and cancels some, until it is cancelled.
    private func produce(_ client: StintClient) async throws {
        for count in 0... {
            try Task.checkCancellation()
            var options = JobOptions(retry: .fixed(.milliseconds(20), attempts: 3))
            options.delay = count % 3 == 0 ? .milliseconds(40) : nil
            options.unique = count % 5 == 0 ? .key("k\(count % 7)", onConflict: .existing) : nil
            options.keep = count % 4 == 0 ? .seconds(1) : nil
            options.priority = JobPriority(rawValue: count % 4) ?? .normal
            let payload = [UInt8](repeating: 65, count: count % 6 == 0 ? 700 : 5)
            let id = try await client.enqueue(name: "n", payload: payload, options: options).id
            if count % 11 == 0 { try await client.queue("default").cancel([id]) }
        }
    }

    @Test("The names of keys tell of strangers, of lanes without a time limit, and of queues that are not listed")
    func keys() async throws {
        try await withStint { stint in
            for queue in ["mail", "video"] {
                let options = JobOptions(queue: queue)
                _ = try await stint.client.enqueue(name: "n", payload: [], options: options)
            }
            #expect(try await keyFindings(stint, nil) == [])
            try await stint.command("SET", "{stint:mail}:retry", "1")
            try await stint.command("SET", "{stint:mail}", "1")
            try await stint.command("SET", "{other:mail}:retry", "1")
            try await stint.command("SET", "{stint:mail}:lane:broken", "hello", "PX", "100000")
            try await stint.command("SET", "{stint:mail}:lane:eternal", "5:")
            try await stint.command("RPUSH", "{stint:mail}:lane:list", "5")
            try await stint.command("SREM", "{stint}:queues", "video")
            let all = try await keyFindings(stint, nil)
            let texts = Set(all.map { "\($0.invariant) \($0.kind) \($0.queue) \($0.first) \($0.second)" })
            #expect(
                texts == [
                    "I8 foreign mail {stint:mail}:retry ", "I8 foreign mail {stint:mail} ", "I2 lane mail form broken",
                    "I2 lane mail ttl eternal", "I2 lane mail form list", "I1 unlisted video  ",
                ])
            #expect(try await keyFindings(stint, "video").map(\.kind) == [.unlisted])

            for finding in all where finding.isRepairable {
                #expect(try await stint.client.queue(finding.queue).repair(finding) == .mended)
            }
            #expect(try await stint.inspector.queueNames() == ["mail", "video"])
            let left = try #require(try await stint.command("PTTL", "{stint:mail}:lane:eternal").integerValue)
            #expect((1...600_000).contains(left))
            #expect(try await keyFindings(stint, nil).allSatisfy { !$0.isRepairable })
        }
    }

    private func keyFindings(_ stint: TestStint, _ queue: String?) async throws -> [AuditFinding] {
        var audit = stint.inspector.auditKeys(queue: queue)
        var findings: [AuditFinding] = []
        while let step = try await audit.next() { findings += step.findings }
        return findings
    }

    @Test("A finding of another queue, or one that nobody can mend, is refused without a call")
    func refused() async throws {
        try await withStint { stint in
            let queue = try stint.client.queue("mail")
            #expect(await code { try await queue.repair(AuditFinding(.hold, queue: "video")) } == .invalidInput)
            #expect(try await queue.repair(AuditFinding(.damaged, queue: "mail")) == .refused)
        }
    }

    @Test("A server tells of itself, and what may not be asked is told")
    func server() async throws {
        try await withStint(redisOptions: ["slowlog-log-slower-than 0"]) { stint in
            _ = try await stint.client.enqueue(name: "n", payload: [])
            let reports = try await stint.inspector.serverReports()
            #expect(reports.count == 1)
            #expect(reports[0].fields["redis_version"]?.isEmpty == false)
            #expect(reports[0].settings["appendfsync"] != nil)
            // One machine, one clock.
            #expect(try #require(reports[0].clockSkew).magnitude <= 1 + (reports[0].roundTrip ?? 0))
            #expect(reports[0].knownScripts?.contains("enqueue") == true)
            #expect(reports[0].slowScripts?.contains { $0.name == "enqueue" } == true)
            #expect(reports[0].refusals == [:])
            #expect(try await stint.inspector.memory(queue: "default").bytes > 0)

            try await stint.command("ACL", "SETUSER", "default", "-config", "-info", "-slowlog")
            let refusals = try await stint.inspector.serverReports()[0].refusals
            #expect(Set(refusals.keys).isSuperset(of: ["CONFIG GET", "INFO server", "SLOWLOG GET"]), "\(refusals)")
            #expect(refusals["CONFIG GET"]?.contains("NOPERM") == true)
        }
    }

    @Test("The slots that a node gives away or takes are read from what it says of itself")
    func movingSlots() {
        let text = """
            07c3 127.0.0.1:30004@31004 slave e7d1 0 1426238317239 4 connected
            e7d1 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-5460 [5461-<-292f] [77->-292f]
            292f 127.0.0.1:30003@31003 master - 0 1426238318243 3 connected 10923-16383 [9->-e7d1]
            """
        #expect(ClientCore.movingSlots(in: text) == [5461, 77])
    }
}
