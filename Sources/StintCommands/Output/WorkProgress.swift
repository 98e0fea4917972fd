// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// Shows how far bulk work is: a bar, a count, a rate and the time left, on the status line of stderr.
struct WorkProgress {
    private let console: Console
    private let total: Int
    private let start = ContinuousClock.now

    /// Begins with nothing done.
    init(_ total: Int, on console: Console) {
        self.total = total
        self.console = console
    }

    /// Time since the beginning.
    var elapsed: Duration { ContinuousClock.now - start }

    /// Paints the line for what is done so far.
    func show(_ done: Int) {
        console.status(line(done, elapsed: elapsed, style: console.errors.style))
    }

    /// The line, for a count and a time.
    func line(_ done: Int, elapsed: Duration, style: Style) -> String {
        let fraction = total > 0 ? Double(done) / Double(total) : 1
        let bar = ProgressBar(width: 30).text(fraction, style: style)
        var line = "\(bar) \(NumberText.grouped(done)) / \(NumberText.grouped(total))"
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        if seconds > 0.5, done > 0 {
            let rate = Double(done) / seconds
            line += "  \(NumberText.rate(rate))/s"
            if done < total {
                line += "  \(TimeText.short(.seconds(Double(total - done) / rate))) left"
            }
        }
        return line
    }
}
