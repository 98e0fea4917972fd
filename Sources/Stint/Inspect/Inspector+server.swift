// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Inspector {
    /// Returns what each server says of itself that takes writes: one, or each primary of a cluster.
    ///
    /// What this user has no right to ask is told in ``ServerReport/refusals``.
    public func serverReports() async throws(StintError) -> [ServerReport] {
        try await prepare()
        var reports: [ServerReport] = []
        for server in try await core.primaries() { reports.append(try await core.report(of: server)) }
        return reports
    }

    /// Returns about how much memory a queue takes.
    ///
    /// Needs the right to `MEMORY USAGE`.
    public func memory(queue: String) async throws(StintError) -> QueueMemory {
        try EnqueueValidation.check(queue: queue)
        try await prepare()
        return try await core.memory(queue: queue)
    }

    /// Returns the slot of a cluster that a queue is in.
    public func slot(queue: String) -> Int { core.slot(queue: queue) }

    /// Looks at the names of all keys of the namespace, or of one queue, in bounded steps.
    ///
    /// - Parameter queue: The queue; all if left out.
    public func auditKeys(queue: String? = nil) -> KeyAudit { KeyAudit(client: client, queue: queue) }
}
