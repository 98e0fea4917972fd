// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// What `stint doctor` thinks of a Redis server, from what that says of itself.
struct ServerChecks {
    /// The server.
    let report: ServerReport
    /// Its address, for people.
    let place: String
    /// How redis-cli reaches it.
    let client: String

    /// All checks, in the order in which they are printed.
    var all: [DoctorCheck] {
        let checks =
            [version, role, eviction, memory] + persistence + [clients, clock, scripts, slow, delays, cluster]
        return checks.compactMap(\.self) + refusals
    }

    private func number(_ field: String) -> Int? { report.fields[field].flatMap { Int($0) } }

    private var version: DoctorCheck? {
        let fields = report.fields
        guard let redis = fields["redis_version"] else { return nil }
        let name = fields["valkey_version"].map { "valkey \($0)" } ?? "redis \(redis)"
        let time = report.roundTrip.map { ", \(NumberText.fixed($0 * 1_000, decimals: 1)) ms" } ?? ""
        // A client does not come further than its first contact with an older one.
        return DoctorCheck(.ok, "redis.version", "\(name) at \(place)\(time)")
    }

    private var role: DoctorCheck? {
        guard report.fields["role"] == "slave" else { return nil }
        return DoctorCheck(
            .problem, "redis.role", "\(place) is a replica, which takes no writes", do: "\(client) info replication")
    }

    private var eviction: DoctorCheck? {
        guard let policy = report.fields["maxmemory_policy"] else { return nil }
        let hint = "\(client) config set maxmemory-policy noeviction"
        if let evicted = number("evicted_keys"), evicted > 0 {
            return DoctorCheck(
                .problem, "redis.eviction",
                "I11 Redis has evicted \(NumberText.grouped(evicted)) keys since its start, and with them jobs",
                do: hint)
        }
        if policy == "noeviction" { return DoctorCheck(.ok, "redis.eviction", "noeviction") }
        guard number("maxmemory") ?? 0 > 0 else {
            return DoctorCheck(
                .warning, "redis.eviction",
                "maxmemory-policy \(policy) would evict jobs as soon as there is a maxmemory",
                do: hint)
        }
        return DoctorCheck(
            .problem, "redis.eviction", "I11 maxmemory-policy \(policy) may evict keys, and with them jobs", do: hint)
    }

    private var memory: DoctorCheck? {
        guard let used = number("used_memory") else { return nil }
        let hint = "\(client) info memory"
        guard let bound = number("maxmemory"), bound > 0 else {
            if let whole = number("total_system_memory"), whole > 0, used > whole / 10 * 9 {
                return DoctorCheck(
                    .warning, "redis.memory",
                    "Redis uses \(NumberText.bytes(used)) of the machine's \(NumberText.bytes(whole)) and has no maxmemory",
                    do: hint)
            }
            return DoctorCheck(.ok, "redis.memory", "memory \(NumberText.bytes(used)), no bound")
        }
        let share = Double(used) / Double(bound)
        let text = "maxmemory \(NumberText.bytes(bound)), used \(NumberText.bytes(used)) (\(NumberText.percent(share)))"
        if share >= 0.95 {
            let effect = share < 1 ? "enqueue will fail soon" : "enqueue fails now"
            return DoctorCheck(.problem, "redis.memory", "\(text): \(effect)", do: hint)
        }
        return DoctorCheck(share >= 0.8 ? .warning : .ok, "redis.memory", text, do: share >= 0.8 ? hint : nil)
    }

    private var persistence: [DoctorCheck?] {
        guard let enabled = report.fields["aof_enabled"] else { return [] }
        let hint = "\(client) info persistence"
        var checks: [DoctorCheck?] = []
        if enabled != "1" {
            checks.append(
                DoctorCheck(
                    .warning, "redis.append_only",
                    "I11 no append-only file: what was enqueued since the last snapshot is lost with the process",
                    do: "\(client) config set appendonly yes"))
        } else if report.settings["appendfsync"] == "no" {
            checks.append(
                DoctorCheck(
                    .warning, "redis.append_only", "I11 appendfsync no: the system decides when jobs reach the disk",
                    do: "\(client) config set appendfsync everysec"))
        } else {
            let how = report.settings["appendfsync"].map { " \($0)" } ?? ""
            checks.append(DoctorCheck(.ok, "redis.append_only", "AOF\(how)"))
        }
        let writes = [
            ("aof_last_write_status", "the last write to the append-only file failed"),
            ("aof_last_bgrewrite_status", "the last rewrite of the append-only file failed"),
            ("rdb_last_bgsave_status", "the last snapshot failed: Redis may refuse writes"),
        ]
        for (field, text) in writes where report.fields[field].map({ $0 != "ok" }) ?? false {
            checks.append(DoctorCheck(.problem, "redis.persistence", "I11 " + text, do: hint))
        }
        return checks
    }

    private var clients: DoctorCheck? {
        guard let connected = number("connected_clients"), let bound = number("maxclients"), bound > 0 else {
            return nil
        }
        let share = Double(connected) / Double(bound)
        let text = "\(NumberText.grouped(connected)) of \(NumberText.grouped(bound)) clients"
        let hint = "\(client) config get maxclients"
        if share >= 0.95 {
            return DoctorCheck(.problem, "redis.clients", text + ": new ones will be refused", do: hint)
        }
        if share >= 0.8 { return DoctorCheck(.warning, "redis.clients", text, do: hint) }
        if let refused = number("rejected_connections"), refused > 0 {
            return DoctorCheck(
                .warning, "redis.clients",
                "maxclients was reached: \(NumberText.grouped(refused)) connections were refused since the start",
                do: hint)
        }
        return DoctorCheck(.ok, "redis.clients", text)
    }

    private var clock: DoctorCheck? {
        guard let skew = report.clockSkew else { return nil }
        let text = "clock skew \(TimeText.length(.seconds(skew.magnitude)))"
        guard skew.magnitude > 1 + (report.roundTrip ?? 0) else { return DoctorCheck(.ok, "redis.clock", text) }
        let which = skew > 0 ? "Redis' clock is ahead of this machine's" : "Redis' clock is behind this machine's"
        return DoctorCheck(
            .warning, "redis.clock", "\(text): \(which), so --at means another time there", do: "\(client) time")
    }

    private var scripts: DoctorCheck? {
        guard let known = report.knownScripts else { return nil }
        let all = ServerReport.scripts.count
        return DoctorCheck(
            .ok, "redis.scripts",
            known.isEmpty ? "scripts are loaded as they are needed" : "\(known.count) of \(all) scripts loaded")
    }

    private var slow: DoctorCheck? {
        guard let slow = report.slowScripts else { return nil }
        let names = Dictionary(grouping: slow, by: \.name).sorted { $0.key < $1.key }
        guard let longest = slow.max(by: { $0.microseconds < $1.microseconds }) else {
            return DoctorCheck(.ok, "redis.slow_scripts", "no slow script")
        }
        let counts = names.map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
        let time = TimeText.length(.microseconds(longest.microseconds))
        return DoctorCheck(
            .warning, "redis.slow_scripts", "slow scripts in the log: \(counts); the longest took \(time)",
            do: "\(client) slowlog get")
    }

    private var delays: DoctorCheck? {
        guard let delays = report.delays, !delays.isEmpty else { return nil }
        let text = delays.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) ms" }.joined(separator: ", ")
        return DoctorCheck(.warning, "redis.latency", "Redis saw delays: \(text)", do: "\(client) latency doctor")
    }

    private var cluster: DoctorCheck? {
        guard let state = report.fields["cluster_state"] else { return nil }
        if state == "ok" { return DoctorCheck(.ok, "redis.cluster", "cluster ok") }
        return DoctorCheck(.problem, "redis.cluster", "the cluster's state is \(state)", do: "\(client) cluster nodes")
    }

    private var refusals: [DoctorCheck] {
        report.refusals.sorted { $0.key < $1.key }.map { command, reason in
            DoctorCheck(.unchecked, "redis.rights", "not checked: \(command): \(reason)")
        }
    }
}
