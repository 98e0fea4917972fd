// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// A queue as `queue ls` shows it.
struct QueueRow: Sendable {
    /// What happened between two looks.
    struct Rates: Sendable {
        var enqueued: Double
        var completed: Double
        /// When nothing will be ready any more if it goes on like this.
        var emptyIn: Duration?

        /// Compares two looks by the clock of Redis; `nil` if they are too close.
        init?(from earlier: QueueStatus?, to later: QueueStatus) {
            guard let earlier else { return nil }
            let seconds = later.date.timeIntervalSince(earlier.date)
            guard seconds > 0.05 else { return nil }
            enqueued = Double(later.totals.enqueued - earlier.totals.enqueued) / seconds
            completed = Double(later.totals.completed - earlier.totals.completed) / seconds
            let shrinking = Double(earlier.ready - later.ready) / seconds
            if later.ready > 0, shrinking > 0 { emptyIn = .seconds(Double(later.ready) / shrinking) }
        }
    }

    var status: QueueStatus
    var slots: Int
    var isServed: Bool
    var rates: Rates?

    /// The columns.
    ///
    /// Rates need two looks, so they are there with `--watch` only.
    static func listing(style: Style, utc: Bool, watching: Bool) -> Listing<QueueRow> {
        // What is said in words comes last, so that a narrow terminal cuts it and neither a name nor a number.
        Listing(
            emptyNote: "no queue yet: stint enqueue NAME makes one",
            columns + (watching ? rateColumns : []) + [note(style, utc: utc)] + hidden)
    }

    private static func note(_ style: Style, utc: Bool) -> Column<QueueRow> {
        Column(
            "paused", "NOTE", flexible: true,
            color: { $0.status.pause != nil || !$0.isServed ? .yellow : nil },
            { row in
                .custom(
                    QueueNotes.pauseJSON(row.status.pause), text: QueueNotes.text(row, style: style, utc: utc),
                    plain: QueueNotes.plain(row))
            })
    }

    private static var columns: [Column<QueueRow>] {
        [
            Column("queue", "QUEUE") { .text($0.status.name) },
            Column("ready", "READY", align: .right) { .count($0.status.ready) },
            Column("oldest_ready_s", "OLDEST", align: .right) { .seconds($0.status.oldestReadyAge) },
            Column("running", "RUN/SLOTS", align: .right) { row in
                .custom(
                    .integer(Int64(row.status.running)),
                    text: "\(NumberText.grouped(row.status.running))/\(NumberText.grouped(row.slots))")
            },
            Column("delayed", "DELAYED", align: .right) { .count($0.status.delayed) },
            Column("dead", "DEAD", align: .right, color: { $0.status.dead > 0 ? .red : nil }) {
                .count($0.status.dead)
            },
        ]
    }

    private static var hidden: [Column<QueueRow>] {
        [
            Column("slots", "SLOTS", shown: false) { .count($0.slots) },
            Column("served", "SERVED", shown: false) { .flag($0.isServed) },
            Column("kept", "KEPT", align: .right, shown: false) { .count($0.status.kept) },
            Column("enqueued", "ENQUEUED", align: .right, shown: false) { .count($0.status.totals.enqueued) },
            Column("completed", "COMPLETED", align: .right, shown: false) { .count($0.status.totals.completed) },
            Column("failed", "FAILED", align: .right, shown: false) { .count($0.status.totals.failed) },
            Column("depth_limit", "LIMIT", align: .right, shown: false) { .count($0.status.depthLimit) },
            Column("at", "AT", shown: false) { .date($0.status.date) },
        ]
    }

    private static let rateColumns: [Column<QueueRow>] = [
        Column("in_per_s", "IN/S", align: .right) { $0.rates.map { .number($0.enqueued, decimals: 1) } ?? .missing },
        Column("done_per_s", "DONE/S", align: .right) {
            $0.rates.map { .number($0.completed, decimals: 1) } ?? .missing
        },
        Column("eta_s", "EMPTY IN", align: .right) { $0.rates?.emptyIn.map { .length($0) } ?? .missing },
    ]
}
