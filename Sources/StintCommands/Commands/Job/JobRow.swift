// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// How lists show a job.
enum JobRow {
    /// The columns of `job ls`.
    static let listing = Listing<JobSummary>(
        emptyNote: "no such job", reference: { $0.id.description },
        [
            id, name, queue,
            Column("state", "STATE", color: { color($0.state) }) { .text($0.state.rawValue) },
            attempt,
            Column("at", "WHEN") { .date($0.date) },
            Column("reason", "NOTE", flexible: true) { .text(orNone: $0.reason ?? note($0)) },
        ] + hidden)

    /// The columns of `dead ls`.
    static let deadListing = Listing<JobSummary>(
        emptyNote: "no dead job", reference: { $0.id.description },
        [
            id, name, queue,
            Column("at", "DIED") { .date($0.date) },
            attempt,
            Column("reason", "ERROR", flexible: true, color: { _ in .red }) { .text(orNone: $0.reason) },
            Column("state", "STATE", shown: false) { .text($0.state.rawValue) },
        ] + hidden)

    /// `2/5`, or `2` where there is no bound.
    static func attempts(_ job: JobSummary) -> String {
        job.maxAttempts.map { "\(job.attempt)/\($0)" } ?? "\(job.attempt)"
    }

    /// The colour that goes with a state.
    static func color(_ state: JobState) -> Style.Color? {
        switch state {
        case .running: .cyan
        case .delayed: .blue
        case .dead: .red
        case .completed: .green
        case .ready, .cancelled: nil
        }
    }

    /// An object of a job's tags.
    static func tags(_ job: JobSummary) -> JSONValue {
        .object(job.tags.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    private static func note(_ job: JobSummary) -> String? {
        if job.isToBeCancelled { return "to be cancelled" }
        return job.state == .running ? job.node.map { "on \($0)" } : nil
    }

    private static let id = Column<JobSummary>("id", "ID") { .id($0.id.description) }
    private static let name = Column<JobSummary>("name", "NAME", flexible: true) { .text($0.name) }
    private static let queue = Column<JobSummary>("queue", "QUEUE", flexible: true) { .text($0.queue) }
    private static let attempt = Column<JobSummary>("attempt", "ATTEMPT", align: .right) {
        .custom(.integer(Int64($0.attempt)), text: attempts($0))
    }
    private static let hidden: [Column<JobSummary>] = [
        Column("max_attempts", "MAX", shown: false) { .count($0.maxAttempts) },
        Column("priority", "PRIORITY", shown: false) { .text("\($0.priority)") },
        Column("enqueued_at", "ENQUEUED", shown: false) { .date($0.enqueuedAt) },
        Column("crashes", "CRASHES", align: .right, shown: false) { .count($0.crashes) },
        Column("returns", "RETURNS", align: .right, shown: false) { .count($0.returns) },
        Column("node", "NODE", shown: false) { .text(orNone: $0.node) },
        Column("unique_key", "KEY", shown: false) { .text(orNone: $0.uniqueKey) },
        Column("tags", "TAGS", shown: false) { job in
            .custom(
                tags(job),
                text: job.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
        },
        Column("payload_bytes", "PAYLOAD", align: .right, shown: false) { .bytes(Int64($0.payloadBytes)) },
    ]
}
