// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// What a program does with queues, and so which rights its Redis user needs.
///
/// A program that does several of these needs a user with the rights of all of them. ``AccessRules`` writes the users.
public enum AccessRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Enqueues jobs, waits for how they end, and cancels them.
    case producer
    /// Runs jobs; where its handlers enqueue others, it is a producer as well.
    case worker
    /// Looks at everything and changes nothing.
    case dashboard
    /// Looks at everything and steers: pauses, retries, promotes, removes, purges, cancels, configures.
    case `operator`
}

extension AccessRole {
    /// The scripts that it calls.
    var scripts: [ScriptAccess] { Scripts.access.filter { $0.roles.contains(self) } }

    /// Whether it only reads, so that its user may be kept from writing.
    var isReadOnly: Bool { scripts.allSatisfy(\.script.isReadOnly) }

    /// The commands that it sends itself, outside of scripts, and cannot do without.
    var commands: [String] {
        switch self {
        case .producer: Self.waiting + Self.lookingUp + ["SADD", "WAIT"]
        case .worker: ["BZPOPMIN"]
        case .dashboard: Self.lookingUp + Self.reading
        case .operator: Self.lookingUp + Self.reading + Self.waiting
        }
    }

    /// The commands that it does without where it must: a name in `CLIENT LIST`, the check of the server's settings, the
    /// check of these rights, scripts that are known before they are first called.
    var optionalCommands: [String] {
        let all = ["ACL|DRYRUN", "ACL|WHOAMI", "CLIENT|SETNAME", "INFO"]
        return self == .worker ? all + ["SCRIPT|LOAD"] : all
    }

    /// What every user of a cluster needs besides.
    static let clusterCommands = ["ASKING", "CLUSTER|SLOTS", "PING"]
    /// What every user of a primary that sentinels name needs besides.
    static let sentinelCommands = ["ROLE"]
    /// What a producer needs besides to be told that a job is on disk; Redis before 7.2 does not know all of it.
    static let fsyncCommands = ["COMMAND|INFO", "INFO", "WAITAOF"]

    private static let waiting = ["SUBSCRIBE", "UNSUBSCRIBE", "PING"]
    private static let lookingUp = ["SMEMBERS", "HEXISTS"]
    private static let reading = ["XRANGE", "XREVRANGE", "TIME", "ZREVRANGE", "HGET", "HMGET"]
}
