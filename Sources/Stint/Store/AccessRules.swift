// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes the Redis user that has the rights of some roles and no others.
///
/// The commands come from the scripts of this release, so a newer one may need others: its start-up check says which.
/// A user keeps to one namespace, and by other patterns to fewer queues. Within a queue nothing separates one user of a
/// role from another: what a role's scripts may write, its user may write without them.
public struct AccessRules: Sendable, Hashable {
    /// What the user does.
    public let roles: Set<AccessRole>
    /// The namespace whose keys it may touch.
    public let namespace: String
    /// The user's name.
    public let user: String
    /// How the user logs in: `#` and the SHA-256 of a password; Redis refuses the placeholder that stands here otherwise.
    public let secret: String
    /// Whether it may ask for `.fsynced`, which Redis has from 7.2 on and an older one does not know the command of.
    public let allowsFsync: Bool

    /// What stands for the password until somebody gives one: Redis takes no line with it.
    public static let placeholder = "#SHA256_OF_PASSWORD"

    /// Creates the rules.
    ///
    /// - Parameters:
    ///   - secret: As ``secret``.
    ///   - user: The user's name; `stint-` and its roles if left out.
    /// - Throws: ``StintError`` with code `invalidInput`.
    public init(
        _ roles: Set<AccessRole>, namespace: String = "stint", user: String? = nil, secret: String? = nil,
        allowsFsync: Bool = false
    ) throws(StintError) {
        guard !roles.isEmpty else { throw StintError(.invalidInput, "A user has at least one role.") }
        try EnqueueValidation.check(namespace: namespace)
        if let secret, secret.utf8.count != 65 || secret.first != "#" || !secret.dropFirst().allSatisfy(\.isHexDigit) {
            throw StintError(.invalidInput, "A user's secret is '#' and the 64 hexadecimal digits of a SHA-256.")
        }
        let named = AccessRole.allCases.filter(roles.contains).map(\.rawValue).joined(separator: "-")
        let user = user ?? "stint-\(named)"
        guard !user.isEmpty, user.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }) else {
            throw StintError(.invalidInput, "A user's name has no spaces, quotes and control characters.")
        }
        self.roles = roles
        self.namespace = namespace
        self.user = user
        self.secret = secret ?? Self.placeholder
        self.allowsFsync = allowsFsync
    }

    /// The commands that it may call, as Redis writes them in its rules, sorted.
    public var commands: [String] {
        var all: Set<String> = []
        for role in roles {
            all.formUnion(AccessQuestion.commands(of: role))
            all.formUnion(role.optionalCommands)
            all.formUnion(AccessRole.clusterCommands + AccessRole.sentinelCommands)
            if allowsFsync, role == .producer { all.formUnion(AccessRole.fsyncCommands) }
        }
        return all.map { $0.lowercased() }.sorted()
    }

    /// The patterns of keys that it may touch; those of `%R~` it may only read.
    public var keys: [String] {
        let prefix = roles.allSatisfy(\.isReadOnly) ? "%R~" : "~"
        return ["{\(namespace):*}:*", "{\(namespace)}:*"].map { prefix + $0 }
    }

    /// The patterns of channels that it may use.
    public var channels: [String] {
        commands.contains("publish") || commands.contains("subscribe") ? ["&\(QueueKeys.endedPattern(namespace))"] : []
    }

    /// The rules behind the user's name, for `ACL SETUSER`; they replace what the user had.
    public var rules: [String] {
        ["reset", "on", secret, "resetchannels"] + keys + channels + commands.map { "+\($0)" }
    }

    /// The line for redis.conf or an ACL file.
    public var line: String { (["user", user] + rules).joined(separator: " ") }
}
