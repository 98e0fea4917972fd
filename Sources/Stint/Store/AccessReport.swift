// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Says which rights a Redis user lacks for a role.
public struct AccessReport: Sendable, Hashable {
    /// The role.
    public let role: AccessRole
    /// The user; `nil` if it may not ask who it is or what it may do, and then nothing is judged.
    public let user: String?
    /// What it lacks, as rules for `ACL SETUSER`: `+hset`, `~{stint:mail}:*`, `&{stint:mail}:ended`.
    public internal(set) var missing: [String] = []

    init(role: AccessRole, user: String?) {
        self.role = role
        self.user = user
    }

    /// The command that gives the user what it lacks; `nil` if it lacks nothing.
    public var repair: String? {
        guard let user, !missing.isEmpty else { return nil }
        return (["ACL", "SETUSER", user] + missing).joined(separator: " ")
    }

    /// Takes what Redis said of one question; anything but `OK` says what is missing.
    mutating func refused(_ question: AccessQuestion, _ text: String, queues: [QueueKeys]) {
        // "… to run the 'hset' command", "… to access the '{stint:mail}:jobs' key" or "… channel"
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        let name = parts.count >= 3 ? String(parts[parts.count - 2]) : ""
        switch parts.last?.trimmingPrefix(" ").prefix(7) {
        case "channel": add("&" + name)
        case "key":
            let pattern = queues.first { name.hasPrefix($0.prefix + ":") }.map { "\($0.prefix):*" }
            add((role.isReadOnly ? "%R~" : "~") + (pattern ?? "\(name.prefix { $0 != "}" })}:*"))
        default: add("+" + question.command.lowercased())
        }
    }

    private mutating func add(_ rule: String) {
        if !missing.contains(rule) { missing.append(rule) }
    }

    /// The error of a user that lacks something.
    var error: StintError? {
        guard let user, let repair else { return nil }
        return StintError(
            .redisRefused,
            "The Redis user '\(user)' lacks rights that the role '\(role)' needs: \(missing.joined(separator: " ")). "
                + "Give it them with: \(repair)")
    }
}
