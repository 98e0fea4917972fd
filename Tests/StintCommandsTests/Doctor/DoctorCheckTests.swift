// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting
import Testing

@testable import Stint
@testable import StintCommands

/// What `stint doctor` makes of what servers, queues and workers say of themselves.
@Suite struct DoctorCheckTests {
    /// Fields of INFO, and the check that they must lead to.
    private static let told: [(fields: [String: String], name: String, status: DoctorCheck.Status, text: String)] = [
        (["redis_version": "7.0.15"], "redis.version", .ok, "redis 7.0.15 at h:1"),
        (["redis_version": "7.2.4", "valkey_version": "8.0.1"], "redis.version", .ok, "valkey 8.0.1 at h:1"),
        (["role": "slave"], "redis.role", .problem, "is a replica"),
        (["maxmemory_policy": "noeviction"], "redis.eviction", .ok, "noeviction"),
        (["maxmemory_policy": "allkeys-lru"], "redis.eviction", .warning, "as soon as there is a maxmemory"),
        (["maxmemory_policy": "allkeys-lru", "maxmemory": "9"], "redis.eviction", .problem, "may evict"),
        (["maxmemory_policy": "noeviction", "evicted_keys": "12"], "redis.eviction", .problem, "has evicted 12 keys"),
        (["used_memory": "100", "maxmemory": "0"], "redis.memory", .ok, "no bound"),
        (["used_memory": "50", "maxmemory": "100"], "redis.memory", .ok, "50 %"),
        (["used_memory": "80", "maxmemory": "100"], "redis.memory", .warning, "80 %"),
        (["used_memory": "95", "maxmemory": "100"], "redis.memory", .problem, "enqueue will fail soon"),
        (["used_memory": "101", "maxmemory": "100"], "redis.memory", .problem, "enqueue fails now"),
        (["used_memory": "95", "total_system_memory": "100"], "redis.memory", .warning, "of the machine's"),
        (["aof_enabled": "0"], "redis.append_only", .warning, "I11 no append-only file"),
        (["aof_enabled": "1"], "redis.append_only", .ok, "AOF"),
        (["aof_enabled": "1", "aof_last_write_status": "err"], "redis.persistence", .problem, "last write"),
        (["aof_enabled": "1", "aof_last_bgrewrite_status": "err"], "redis.persistence", .problem, "last rewrite"),
        (["aof_enabled": "1", "rdb_last_bgsave_status": "err"], "redis.persistence", .problem, "last snapshot"),
        (["connected_clients": "95", "maxclients": "100"], "redis.clients", .problem, "will be refused"),
        (["connected_clients": "80", "maxclients": "100"], "redis.clients", .warning, "80 of 100 clients"),
        (["connected_clients": "5", "maxclients": "100"], "redis.clients", .ok, "5 of 100 clients"),
        (
            ["connected_clients": "5", "maxclients": "100", "rejected_connections": "3"], "redis.clients", .warning,
            "3 connections were refused"
        ),
        (["cluster_state": "fail"], "redis.cluster", .problem, "fail"),
        (["cluster_state": "ok"], "redis.cluster", .ok, "cluster ok"),
    ]

    private func checks(_ report: ServerReport) -> [DoctorCheck] {
        ServerChecks(report: report, place: "h:1", client: "redis-cli -u redis://h:1").all
    }

    @Test("Each field of INFO that matters leads to its check", arguments: 0..<told.count)
    func info(index: Int) throws {
        let (fields, name, status, text) = Self.told[index]
        let check = try #require(checks(ServerReport(fields: fields)).first { $0.name == name })
        #expect(check.status == status)
        #expect(check.text.contains(text), "\(check.text)")
        // Whoever is warned is told what to type.
        #expect((check.remedy != nil) == (status != .ok))
    }

    @Test("What is not known is not judged, and what was refused is told")
    func unknown() {
        #expect(checks(ServerReport()) == [])
        var report = ServerReport()
        report.refusals = ["CONFIG GET": "NOPERM no right"]
        #expect(checks(report).map(\.status) == [.unchecked])
        #expect(checks(report).first?.text == "not checked: CONFIG GET: NOPERM no right")
    }

    @Test("Settings, clock, slow scripts and delays lead to checks too")
    func rest() {
        func status(_ name: String, _ change: (inout ServerReport) -> Void) -> DoctorCheck.Status? {
            var report = ServerReport(fields: ["aof_enabled": "1"])
            change(&report)
            return checks(report).first { $0.name == name }?.status
        }
        #expect(status("redis.append_only") { $0.settings["appendfsync"] = "no" } == .warning)
        #expect(status("redis.append_only") { $0.settings["appendfsync"] = "always" } == .ok)
        #expect(status("redis.clock") { $0.clockSkew = -0.2 } == .ok)
        #expect(status("redis.clock") { $0.clockSkew = -2 } == .warning)
        // A slow answer says little of the clock.
        #expect(status("redis.clock") { ($0.clockSkew, $0.roundTrip) = (2, 4) } == .ok)
        #expect(status("redis.scripts") { $0.knownScripts = [] } == .ok)
        #expect(status("redis.slow_scripts") { $0.slowScripts = [] } == .ok)
        #expect(
            status("redis.slow_scripts") {
                $0.slowScripts = [.init(name: "sweep", microseconds: 20_000, date: .init())]
            } == .warning)
        #expect(status("redis.latency") { $0.delays = ["fork": 30] } == .warning)
        #expect(status("redis.latency") { $0.delays = [:] } == nil)
    }

    @Test("A cluster's big keys, and queues whose slot is being moved, are warned of")
    func cluster() {
        let places = [
            ClusterChecks.Place(queue: "small", slot: 1, memory: QueueMemory(bytes: 9, largestKey: 9)),
            .init(queue: "big", slot: 2, memory: QueueMemory(bytes: 9, largestKey: 100 << 20)),
            .init(queue: "moving", slot: 3, memory: nil), .init(queue: "secret", slot: 4, memory: nil),
        ]
        let checks = ClusterChecks(places: places, moving: [3], client: "redis-cli").all
        #expect(
            checks.map { "\($0.status) \($0.name) \($0.queue ?? "")" } == [
                "warning cluster.big big", "warning cluster.moving moving", "unchecked cluster.big secret",
            ])
    }

    @Test("Workers that are lost, stuck or of another release are named, and queues that nobody serves or looks after")
    func workforce() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", queue: "served")
            try await live.enqueue("a2", queue: "unserved")
            var served = try await live.client.inspector.queue("served")
            let unserved = try await live.client.inspector.queue("unserved")
            func node(_ id: String, age: Double = 1, version: String = "1", stuck: [StuckLoop] = []) -> NodeStatus {
                NodeStatus(
                    id: id, lastBeat: .init(), age: age, host: "h", pid: 1, version: version, startedAt: nil,
                    mode: "running", slots: 1, running: 0, waiting: 0, completed: 0, failed: 0, leaseMilliseconds: 1,
                    queues: [.init(name: "served", weight: 1)], jobs: [], stuck: stuck)
            }
            func heard(_ nodes: [NodeStatus], version: String = "1") -> [String] {
                WorkforceChecks(queues: [served, unserved], nodes: nodes, version: version).all
                    .map { "\($0.status) \($0.name) \($0.queue ?? "")" }
            }
            #expect(heard([]) == ["warning queue.unserved served", "warning queue.unserved unserved"])
            #expect(heard([node("n1")]) == ["warning queue.unserved unserved"])
            #expect(heard([node("n1"), node("n2", age: 40)]).contains("warning node.lost "))
            #expect(heard([node("n1"), node("n2"), node("n3", version: "0")]).contains("warning node.version "))
            #expect(heard([node("n1")], version: "2").contains("warning node.version "))
            let stuck = StuckLoop(loop: "sweep", queue: "served", seconds: 9, reason: nil)
            #expect(heard([node("n1", stuck: [stuck])]).contains("problem node.stuck "))

            // Looked after 20 s ago, and a job was due 9 s ago.
            let redis = live.client.core
            let now = Int64(served.date.timeIntervalSince1970 * 1_000)
            let keys = redis.keys(queue: "served")
            _ = try await redis.send(.init("HSET", keys.meta, "look", "\(now - 20_000)"))
            _ = try await redis.send(.init("ZADD", keys.delayed, "\(now - 9_000)", "a1"))
            served = try await live.client.inspector.queue("served")
            let late = heard([node("n1")])
            #expect(late.contains("problem queue.watch served"), "\(late)")
            #expect(late.contains("warning queue.late served"))
        }
    }

    @Test("Only so many findings of a kind are printed for people, and all for programs")
    func many() {
        let findings = (0..<50).map { AuditFinding(.unleased, queue: "q", job: JobID(unchecked: "j\($0)")) }
        var report = DoctorReport()
        report.checks = findings.map { DoctorCheck(.problem, "audit.unleased", "x", queue: "q", finding: $0) }
        let traits = StreamTraits(device: .init(isTerminal: true, columns: 100), environment: ["LANG": "C.UTF-8"])
        let lines = report.lines(for: traits)
        #expect(lines.count == DoctorReport.mostAlike + 1)
        #expect(lines.last == "… 30 more of the same kinds: stint doctor --json")
        #expect(report.summary == "50 problems, no warnings")
    }
}
