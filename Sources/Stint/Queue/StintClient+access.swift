// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension StintClient {
    /// Opens the connection, checks that this Redis can be trusted with jobs, and that the user has the rights of a role.
    ///
    /// Optional: the first call that needs the role does it too. Call it at start-up to fail early. A user that may not
    /// ask Redis for its rights (`ACL WHOAMI`, `ACL DRYRUN`) is not judged.
    ///
    /// - Parameters:
    ///   - role: What this program does.
    ///   - queues: The queues that it does it with, for the rights to their keys.
    /// - Throws: ``StintError`` with code `redisRefused`, whose message says what is missing and how to give it; or as
    ///   ``connect()``.
    public func connect(as role: AccessRole, queues: [String] = []) async throws(StintError) {
        for queue in queues { try EnqueueValidation.check(queue: queue) }
        try await connect()
        try await authorize([role], queues: queues, limit: core.commandTimeout)
    }

    /// Says which rights this client's user lacks for a role, at the first server that takes writes.
    ///
    /// Changes nothing. Asks whatever ``connect(as:queues:)`` asks.
    public func access(for role: AccessRole, queues: [String] = []) async throws(StintError) -> AccessReport {
        for queue in queues { try EnqueueValidation.check(queue: queue) }
        try await connect()
        guard let server = try await core.primaries().first else {
            throw StintError(.redisUnreachable, "The cluster has no primary at present.")
        }
        return try await core.access(role, queues: queues, server: server, limit: core.commandTimeout)
    }

    /// Makes sure, once, that the user has the rights of one of these roles, before any of their scripts is called.
    func authorize(
        _ roles: [AccessRole], queues: [String] = [], limit: Duration? = nil
    ) async throws(StintError) {
        guard settings.checksServer, !gate.isOpen(Self.allRights) else { return }
        let suffix = queues.map { " " + $0 }.joined()
        if roles.contains(where: { gate.isOpen("access \($0)\(suffix)") }) { return }
        var refusal: StintError?
        for role in roles {
            do {
                try await authorize(role, queues, suffix, limit ?? settings.enqueueTimeout)
                return
            } catch  where error.code == .redisRefused {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
    }

    private func authorize(
        _ role: AccessRole, _ queues: [String], _ suffix: String, _ limit: Duration
    ) async throws(StintError) {
        let name = "access \(role)"
        try await gate.pass(name + suffix) { [core, gate] () async throws(StintError) in
            let asksCommands = suffix.isEmpty || !gate.isOpen(name)
            if !asksCommands, queues.isEmpty { return }
            try await core.checkAccess(role, queues: queues, asksCommands: asksCommands, limit: limit)
            if !suffix.isEmpty { try await gate.pass(name) { () async throws(StintError) in } }
        }
    }
}
