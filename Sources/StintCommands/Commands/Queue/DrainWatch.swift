// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Follows how a queue becomes empty.
///
/// Holds no clock: the caller says how much time has passed.
struct DrainWatch {
    private var status: QueueStatus
    private let endedAtFirst: Int
    private var most: Int

    /// Begins with the first look.
    init(_ status: QueueStatus) {
        self.status = status
        endedAtFirst = Self.ended(status)
        most = Self.remaining(status)
    }

    /// Jobs that have not ended.
    var remaining: Int { Self.remaining(status) }

    /// The jobs that have not ended, by state.
    var counts: String {
        let parts = [(status.ready, "ready"), (status.delayed, "delayed"), (status.running, "running")]
        return parts.filter { $0.0 > 0 }.map { "\(NumberText.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    }

    /// Takes another look.
    mutating func look(_ status: QueueStatus) {
        self.status = status
        most = max(most, remaining)
    }

    /// A bar, the counts, and the time left: by how many jobs ended since the first look.
    func line(elapsed: Duration, style: Style) -> String {
        let fraction = most > 0 ? 1 - Double(remaining) / Double(most) : 1
        var line = ProgressBar(width: 30).text(fraction, style: style) + " " + counts
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let ended = Self.ended(status) - endedAtFirst
        if seconds > 0.5, ended > 0 {
            let rate = Double(ended) / seconds
            line += "  \(NumberText.rate(rate))/s  \(TimeText.short(.seconds(Double(remaining) / rate))) left"
        }
        return line
    }

    private static func remaining(_ status: QueueStatus) -> Int { status.ready + status.delayed + status.running }

    private static func ended(_ status: QueueStatus) -> Int {
        let totals = status.totals
        return totals.completed + totals.died + totals.cancelled + totals.expired + totals.purged
    }
}
