// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension AuditFinding {
    /// The invariant that it breaks, `I1` to `I11` of docs/guarantees.md.
    public var invariant: String {
        switch kind {
        case .damaged, .unindexed, .missing, .unleased, .tombs, .payload, .result, .unnoted, .flagged, .unlisted: "I1"
        case .score: first == "delayed" ? "I4" : "I1"
        case .stray: ["leases": "I3", "unique": "I7"][first] ?? "I1"
        case .lane: "I2"
        case .fence: "I3"
        case .future: "I4"
        case .overdue: "I5"
        case .miscounted: "I6"
        case .unheld: "I7"
        case .foreign: "I8"
        case .ahead, .hold, .look: "I9"
        case .type, .number: "I10"
        }
    }

    /// Whether a promise is broken; otherwise it is something that passes by itself or does no harm.
    public var isViolation: Bool {
        switch kind {
        case .future, .look, .foreign, .unlisted: false
        case .lane: first == "ttl"
        default: true
        }
    }

    /// Whether ``Queue/repair(_:)`` can mend it.
    public var isRepairable: Bool {
        switch kind {
        case .unindexed, .score, .missing, .unleased, .stray, .tombs, .result, .unnoted, .fence, .unheld, .ahead,
            .hold, .unlisted:
            true
        case .lane: first == "ttl"
        case .number: first != "schema"
        case .damaged, .payload, .flagged, .future, .overdue, .miscounted, .foreign, .look, .type: false
        }
    }

    /// What is wrong, in one sentence for people, without the names of job and queue.
    public var message: String {
        switch kind {
        case .damaged: "the record cannot be read: \(first)"
        case .unindexed: "its state names '\(first)', and it is not there"
        case .score: "'\(first)' has another time for it than its record"
        case .missing: "it is ready and not in its list, so no worker would claim it"
        case .unleased: "it is running and has no lease, so no reaper would return it"
        case .stray: Self.stray(first, second)
        case .tombs: "the list ready:\(first) \(Self.tombs(second))"
        case .payload:
            second == "0" ? "its payload of \(first) bytes is gone" : "its payload has \(second) bytes, not \(first)"
        case .result: "its result is gone"
        case .unnoted: "its record announces an entry in '\(first)', and there is none"
        case .flagged: "it is marked as to be cancelled and does not run"
        case .lane:
            first == "ttl" ? "the lane '\(second)' of a caller never expires" : "the lane '\(second)' cannot be read"
        case .fence: "it was claimed under the fence \(first), above the queue's last: a fence could be given twice"
        case .future: "its record has a time that Redis' clock has not reached: the clock was set back"
        case .overdue: "its lease ran out \(second) ms ago, and nobody returned it although workers look"
        case .miscounted: "it counts \(first) attempts and \(second) crashes, which cannot be in its state"
        case .unheld:
            second.isEmpty
                ? "its unique key '\(first)' is free" : "its unique key '\(first)' is held by the job \(second)"
        case .foreign: "the key '\(first)' is none of Stint's"
        case .ahead: "its lease lies \(second) ms ahead, further than leases last: reaping would wait for it"
        case .hold: "reaping is on hold until \(first), longer than a lease from now"
        case .look: "the last look, \(first), lies in the future: the clock was set back"
        case .type: "the key '\(first)' is of the type \(second), which no script can use"
        case .number: "'\(first)' in meta is no number"
        case .unlisted: "the queue has keys and is not in the list of queues"
        }
    }

    /// The key that is none of Stint's; empty for other findings.
    package var keyName: String { kind == .foreign ? first : "" }

    private static func stray(_ index: String, _ entry: String) -> String {
        switch index {
        case "unique": "the unique key '\(entry)' is taken in its name, and it does not hold it: nobody else can"
        case "leases": "there is a lease '\(entry)' that it does not run under"
        default: "'\(index)' has the entry '\(entry)', which no record announces"
        }
    }

    private static func tombs(_ walked: String) -> String {
        let parts = walked.split(separator: " ")
        guard parts.count >= 3 else { return "counts its tombstones wrongly" }
        return "has \(parts[2]) tombstones among \(parts[0]) entries and counts \(parts[1])"
    }
}
