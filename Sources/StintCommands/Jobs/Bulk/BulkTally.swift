// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// What became of the jobs so far.
///
/// Knows no clock and prints nothing.
struct BulkTally: Sendable {
    /// Lines whose jobs are not queued, or may not be.
    struct Failure: Sendable {
        var lines: ClosedRange<Int>
        var error: StintError
    }

    private(set) var queued = 0
    private(set) var duplicates = 0
    private(set) var replaced = 0
    private(set) var refused = 0
    /// Jobs that are queued, and that what was asked for did not confirm.
    private(set) var unconfirmed = 0
    var badLines = 0
    private(set) var failures: [Failure] = []
    /// The last line whose job has an answer.
    private(set) var lastLine = 0

    /// Whether anything was changed.
    var hasDoneSomething: Bool { queued + replaced > 0 }

    /// Counts the answers of a slice.
    mutating func count(_ receipts: [EnqueueReceipt], lines: [Int]) {
        for (receipt, line) in zip(receipts, lines) {
            if !receipt.isConfirmed { unconfirmed += 1 }
            switch receipt.outcome {
            case .enqueued: queued += 1
            case .existing, .rejected: duplicates += 1
            case .replaced: replaced += 1
            case .queueFull:
                refused += 1
                let error = StintError(.queueFull, "The queue '\(receipt.queue)' has reached its depth limit.")
                if let last = failures.last, last.error.code == .queueFull, last.lines.upperBound == line - 1 {
                    failures[failures.count - 1].lines = last.lines.lowerBound...line
                } else {
                    failures.append(Failure(lines: line...line, error: error))
                }
            }
            lastLine = max(lastLine, line)
        }
    }

    /// Notes that a slice has no answers.
    mutating func fail(_ lines: [Int], _ error: StintError) {
        guard let first = lines.first, let last = lines.last else { return }
        failures.append(Failure(lines: first...last, error: error))
    }

    /// `queued 996 704, 3 296 duplicates skipped, 0 bad lines`.
    var text: String {
        var parts = ["queued \(NumberText.grouped(queued))"]
        if replaced > 0 { parts.append("\(NumberText.grouped(replaced)) replaced") }
        if duplicates > 0 {
            parts.append("\(NumberText.grouped(duplicates)) duplicate\(duplicates == 1 ? "" : "s") skipped")
        }
        if refused > 0 { parts.append("\(NumberText.grouped(refused)) refused") }
        if unconfirmed > 0 { parts.append("\(NumberText.grouped(unconfirmed)) not confirmed") }
        parts.append("\(NumberText.grouped(badLines)) bad line\(badLines == 1 ? "" : "s")")
        return parts.joined(separator: ", ")
    }

    /// The document for `--json`.
    func document(seconds: Double) -> JSONValue {
        .object([
            .init("queued", .integer(Int64(queued))), .init("duplicates", .integer(Int64(duplicates))),
            .init("replaced", .integer(Int64(replaced))), .init("refused", .integer(Int64(refused))),
            .init("unconfirmed", .integer(Int64(unconfirmed))),
            .init("bad_lines", .integer(Int64(badLines))), .init("last_line", .integer(Int64(lastLine))),
            .init("seconds", .number((seconds * 1_000).rounded() / 1_000)),
        ])
    }
}
