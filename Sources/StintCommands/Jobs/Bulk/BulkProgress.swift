// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// Draws how far a bulk enqueue is, a few times a second.
struct BulkProgress {
    private let console: Console
    private let start = ContinuousClock.now
    /// The length of the input, where it is a file.
    private let size: Int?
    private var drawn = ContinuousClock.now

    init(console: Console, size: Int?) {
        self.console = console
        self.size = size
    }

    /// The time since the beginning.
    var elapsed: Duration { ContinuousClock.now - start }

    /// Jobs a second since the beginning.
    func rate(_ count: Int) -> Double {
        let (seconds, attoseconds) = elapsed.components
        return Double(count) / max(Double(seconds) + Double(attoseconds) / 1e18, 0.001)
    }

    /// Paints the line again, if it is time to.
    ///
    /// - Parameters:
    ///   - count: The jobs that are done with.
    ///   - position: The bytes read so far.
    mutating func show(_ tally: BulkTally, count: Int, position: Int) {
        guard console.errors.canRepaint, ContinuousClock.now - drawn > .milliseconds(100) else { return }
        drawn = .now
        console.status(line(tally, count, position))
    }

    private func line(_ tally: BulkTally, _ count: Int, _ position: Int) -> String {
        var text = ""
        var left = ""
        if let size, size > 0 {
            let fraction = min(Double(position) / Double(size), 1)
            text =
                ProgressBar(width: 30).text(fraction, style: console.errors.style)
                + " \(NumberText.percent(fraction))  "
            if fraction > 0.01 {
                left = "  \(TimeText.length(elapsed * ((1 - fraction) / fraction))) left"
            }
        }
        text += "\(NumberText.grouped(count)) jobs  \(NumberText.rate(rate(count)))/s\(left)"
        if tally.duplicates > 0 { text += "  \(NumberText.grouped(tally.duplicates)) duplicates" }
        if tally.badLines > 0 { text += "  \(NumberText.grouped(tally.badLines)) bad lines" }
        return text
    }
}
