// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Checks a queue while it is in use, in steps that Redis answers within a millisecond or so.
///
/// Each step looks at a slice, at most some hundred jobs or entries, in one script: what it finds was true at that
/// moment, whatever workers do meanwhile. Everything that was there from the beginning to the end is looked at.
/// Changes nothing.
///
/// ```swift
/// var audit = client.inspector.audit(queue: "mail")
/// while let step = try await audit.next() {
///     for finding in step.findings { print(finding.invariant, finding.job ?? "", finding.message) }
/// }
/// ```
public struct LiveAudit: Sendable {
    private let client: StintClient
    private let queue: String
    private var walk: AuditWalk

    init(client: StintClient, queue: String) {
        self.client = client
        self.queue = queue
        walk = AuditWalk(client.core.keys(queue: queue), queue: queue)
    }

    /// Makes the next step; `nil` when all was looked at.
    ///
    /// A queue of a newer release is looked at as if this one had written it: ``QueueStatus/schema`` tells.
    ///
    /// - Throws: ``StintError``.
    public mutating func next() async throws(StintError) -> AuditStep? {
        try EnqueueValidation.check(queue: queue)
        try await client.connect(limit: client.settings.enqueueTimeout)
        guard let call = walk.next() else { return nil }
        return try walk.take(try await client.core.call(call))
    }
}

/// What one step of an audit found.
public struct AuditStep: Sendable, Hashable {
    /// What is wrong; each thing is told once in an audit.
    public let findings: [AuditFinding]
    /// What could not be judged, and why, one sentence each.
    public let unjudged: [String]
    /// The jobs and entries of this step.
    public let entries: Int
    /// The jobs and entries looked at so far.
    public let checked: Int
    /// About how many there are to look at.
    public let total: Int
}

extension Inspector {
    /// Checks a queue while it is in use.
    ///
    /// - Parameter queue: The queue; one that was never used is sound.
    public func audit(queue: String) -> LiveAudit { LiveAudit(client: client, queue: queue) }
}
