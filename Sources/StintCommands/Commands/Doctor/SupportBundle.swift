// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintFunctions
import StintTerminal

/// What somebody who helps needs to know, in one file without payloads, secrets, addresses and names of hosts.
struct SupportBundle {
    /// What was looked at.
    let report: DoctorReport
    /// The servers.
    var servers: [ServerReport] = []
    /// The queues.
    var queues: [QueueStatus] = []
    /// The workers.
    var nodes: [NodeStatus] = []
    /// Why Redis could not be looked at.
    var failure: CommandFailure?
    /// What is configured, where Redis could not be looked at.
    var configuration: Configuration?
    /// When it was made, in milliseconds since 1970.
    let now: Int64

    /// The fields of INFO that say nothing of who and where.
    private static let fields = [
        "redis_version", "valkey_version", "redis_mode", "os", "arch_bits", "uptime_in_seconds", "role",
        "connected_clients", "maxclients", "blocked_clients", "rejected_connections", "used_memory",
        "used_memory_peak", "used_memory_rss", "maxmemory", "maxmemory_policy", "mem_fragmentation_ratio",
        "evicted_keys", "aof_enabled", "aof_last_write_status", "aof_last_bgrewrite_status",
        "rdb_last_bgsave_status", "loading", "instantaneous_ops_per_sec", "connected_slaves",
        "latest_fork_usec", "cluster_enabled", "cluster_state", "cluster_slots_ok", "cluster_known_nodes",
    ]

    /// The file's text.
    var json: JSONValue {
        .object(
            [
                .init("made_at", .string(CalendarTime(milliseconds: now).iso8601)),
                .init("version", .string(StintVersion.current)), .init("hiredis", .string(StintVersion.hiredis)),
                .init("system", .string(ProcessInfo.processInfo.operatingSystemVersionString)),
                .init("processors", .integer(Int64(ProcessInfo.processInfo.activeProcessorCount))),
                .init("servers", .array(servers.map(server))), .init("queues", .array(queues.map(queue))),
                .init("nodes", .array(nodes.map(node))), .init("checks", .array(report.checks.map(check))),
            ] + unreached)
    }

    /// Of a Redis that could not be looked at: why, and what is configured.
    private var unreached: [JSONValue.Member] {
        guard let failure else { return [] }
        return [
            .init("error", .string(Self.withoutPlaces(failure.summary, configuration))),
            .init("error_status", .string("\(failure.status)")),
            .init("settings", .array((configuration?.settings ?? []).map(Self.setting))),
        ]
    }

    /// Addresses, paths and names of hosts in the words of an error are taken out.
    private static func withoutPlaces(_ text: String, _ configuration: Configuration?) -> String {
        var text = text
        let url = configuration?.redis?.url ?? ""
        let hosts = url.split(whereSeparator: { "/,@:?&=".contains($0) }).map(String.init).filter { $0.count > 3 }
        for host in hosts.sorted(by: { $0.count > $1.count }) where !host.hasPrefix("redis+") && host != "redis" {
            text = text.replacingOccurrences(of: host, with: "…")
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isNumeric = word.contains { $0.isNumber } && word.dropLast().contains { ":.".contains($0) }
            let isPlace = word.contains("/") || isNumeric
            return isPlace ? "…" + (word.last == ":" ? ":" : "") : String(word)
        }
        return words.joined(separator: " ")
    }

    /// Where a setting comes from, and its value where it is a plain one: neither an address nor a path nor a secret.
    private static func setting(_ setting: Setting) -> JSONValue {
        let isPlain = ![SettingKey.redis, .redisURLFile, .passwordFile, .keys, .data].contains(setting.key)
        let source =
            switch setting.source {
            case .flag: "flag"
            case .environment(let name): "env \(name)"
            case .file: "file"
            case .builtIn: "built-in"
            }
        return .object([
            .init("setting", .string(setting.key.rawValue)), .init("source", .string(source)),
            .init("set", .bool(setting.value != nil)),
            .init("value", isPlain ? setting.value.map { .string($0) } ?? .null : .null),
        ])
    }

    private func server(_ server: ServerReport) -> JSONValue {
        var members: [JSONValue.Member] = []
        for name in Self.fields {
            if let value = server.fields[name] { members.append(.init(name, .string(value))) }
        }
        for (name, value) in server.settings.sorted(by: { $0.key < $1.key }) {
            members.append(.init(name, .string(value)))
        }
        members.append(.init("clock_skew_s", Self.number(server.clockSkew)))
        members.append(.init("round_trip_s", Self.number(server.roundTrip)))
        members.append(.init("known_scripts", Self.list((server.knownScripts ?? []).sorted())))
        let slow = (server.slowScripts ?? []).map { "\($0.name) \($0.microseconds)" }
        members.append(.init("slow_scripts_us", Self.list(slow)))
        members.append(.init("refused", Self.list(server.refusals.keys.sorted())))
        return .object(members)
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { JSONValue.number($0) } ?? .null }

    private static func count(_ value: Int?) -> JSONValue { value.map { JSONValue.integer(Int64($0)) } ?? .null }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { JSONValue.string($0) }) }

    private func queue(_ queue: QueueStatus) -> JSONValue {
        let counts: [(String, Int?)] = [
            ("ready", queue.ready), ("delayed", queue.delayed), ("running", queue.running), ("dead", queue.dead),
            ("kept", queue.kept), ("cancelling", queue.cancelling), ("enqueued", queue.totals.enqueued),
            ("claimed", queue.totals.claimed), ("completed", queue.totals.completed), ("failed", queue.totals.failed),
            ("retried", queue.totals.retried), ("died", queue.totals.died), ("crashed", queue.totals.crashed),
            ("lease_ms", queue.leaseMilliseconds), ("depth_limit", queue.depthLimit), ("schema", queue.schema),
        ]
        var members: [JSONValue.Member] = [.init("queue", .string(queue.name))]
        members.append(.init("paused", .bool(queue.pause != nil)))
        for (name, count) in counts { members.append(.init(name, Self.count(count))) }
        members.append(.init("oldest_ready_s", Self.number(queue.oldestReadyAge)))
        return .object(members)
    }

    private func node(_ node: NodeStatus) -> JSONValue {
        .object([
            .init("node", .string(node.id)), .init("version", .string(node.version)),
            .init("mode", .string(node.mode)), .init("slots", Self.count(node.slots)),
            .init("running", Self.count(node.running)), .init("beat_age_s", .number(node.age)),
            .init("lease_ms", Self.count(node.leaseMilliseconds)),
            .init("queues", Self.list(node.queues.map(\.name))),
            .init("stuck", Self.list(node.stuck.map(\.loop))),
        ])
    }

    /// A check without its words, which may hold unique keys, addresses and paths.
    private func check(_ check: DoctorCheck) -> JSONValue {
        let job = check.finding?.job?.description
        let texts: [(String, String?)] = [
            ("check", check.name), ("status", check.status.rawValue), ("queue", check.queue), ("job", job),
            ("invariant", check.invariant),
        ]
        return .object(texts.map { JSONValue.Member($0.0, Field.text(orNone: $0.1).json) })
    }

    /// Writes the file, for its owner alone.
    ///
    /// - Throws: ``CommandFailure``, also if a link or a device stands there: what it leads to would be overwritten.
    func write(to path: String) throws {
        let files = FileManager.default
        if let type = try? files.attributesOfItem(atPath: path)[.type] as? FileAttributeType, type != .typeRegular {
            throw CommandFailure(.failed, "cannot write '\(path)': it is there and no regular file")
        }
        let data = Data((json.text + "\n").utf8)
        // A file that is there keeps its permissions when it is written again.
        try? files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        guard files.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure(.failed, "cannot write '\(path)'")
        }
    }
}
