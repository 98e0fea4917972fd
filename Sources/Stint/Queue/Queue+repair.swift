// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Queue {
    /// Mends what an audit found, if it is wrong still.
    ///
    /// The very thing is judged anew in the script that mends it, so a queue that has moved on is left alone. No record
    /// of a job is ever deleted. May be repeated.
    @discardableResult
    public func repair(_ finding: AuditFinding) async throws(StintError) -> AuditRepair {
        guard finding.queue == name else {
            throw StintError(.invalidInput, "The finding is about the queue '\(finding.queue)'.")
        }
        guard finding.isRepairable else { return .refused }
        try await client.connect(limit: client.settings.enqueueTimeout)
        return try await core.repair(finding)
    }
}
