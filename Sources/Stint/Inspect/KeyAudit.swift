// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Looks at the names of a namespace's keys, some thousand a step, for those that do not belong there.
///
/// Finds keys that are none of Stint's, lanes that never expire, and queues that are not in the list of queues. It looks
/// at all keys of the server, so it takes a while on a large one. Changes nothing.
public struct KeyAudit: Sendable {
    private let client: StintClient
    private let queue: String?
    private var server = 0
    private var cursor = "0"
    private var isOver = false
    private var checked = 0
    private var told: Set<AuditFinding> = []

    init(client: StintClient, queue: String?) {
        self.client = client
        self.queue = queue
    }

    /// Makes the next step; `nil` when all keys were looked at.
    public mutating func next() async throws(StintError) -> AuditStep? {
        guard !isOver else { return nil }
        try await client.connect(limit: client.settings.enqueueTimeout)
        let core = client.core
        let servers = try await core.primaries()
        guard server < servers.count else {
            isOver = true
            return nil
        }
        let (keys, next) = try await core.keys(of: servers[server], queue: queue, cursor: cursor)
        cursor = next
        if cursor == "0" { server += 1 }
        checked += keys.count
        var findings: [AuditFinding] = []
        for key in Set(keys) {
            guard let finding = try await core.finding(about: key), told.insert(finding).inserted else { continue }
            findings.append(finding)
        }
        return AuditStep(findings: findings, unjudged: [], entries: keys.count, checked: checked, total: checked)
    }
}
