// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The Redis that holds the queues, as it describes itself.
public struct ServerStatus: Sendable, Hashable, Codable {
    /// Its release.
    public let version: String
    /// How long it has been up, in seconds.
    public let uptimeSeconds: Int?
    /// The bytes that it uses.
    public let usedMemory: Int?
    /// The most bytes that it may use; `nil` for no bound.
    public let maxMemory: Int?
    /// What it does when that is reached.
    public let memoryPolicy: String?
    /// The connections to it.
    public let clients: Int?
    /// The commands that it answers per second.
    public let commandsPerSecond: Int?
    /// Whether it writes an append-only file.
    public let isAppendOnly: Bool?

    package init(fields: [String: String]) {
        func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
        version = fields["redis_version"] ?? ""
        uptimeSeconds = number("uptime_in_seconds")
        usedMemory = number("used_memory")
        maxMemory = number("maxmemory").flatMap { $0 == 0 ? nil : $0 }
        memoryPolicy = fields["maxmemory_policy"]
        clients = number("connected_clients")
        commandsPerSecond = number("instantaneous_ops_per_sec")
        isAppendOnly = fields["aof_enabled"].map { $0 == "1" }
    }
}

extension Inspector {
    /// Returns what Redis says of itself; of a cluster, what one of its primaries says.
    ///
    /// Needs the right to the command `INFO`.
    public func server() async throws(StintError) -> ServerStatus {
        try await prepare()
        var fields: [String: String] = [:]
        for section in ["server", "clients", "memory", "persistence", "stats"] {
            let info = try await core.send(RedisCommand("INFO", section))
            fields.merge(ServerCheck.fields(info.string ?? "")) { $1 }
        }
        return ServerStatus(fields: fields)
    }
}
