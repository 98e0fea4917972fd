// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Lets a job's log lines through, and holds a flood back to its newest lines.
///
/// Up to `bound` bytes pass at once, then `bound` bytes each ten seconds. Lines over that wait, the oldest are dropped
/// while more than `bound` bytes wait, and a line says how many. At the end all that waits passes. Holds no clock: the
/// caller passes the time since the start and calls ``release(at:)`` while something waits.
struct LogGate {
    private static let refill: Duration = .seconds(10)

    private let bound: Int
    private var budget: Double
    private var lastRefill: Duration = .zero
    private var waiting: [String] = []
    private var firstWaiting = 0
    private var waitingBytes = 0
    private var dropped = 0

    init(bound: Int) {
        self.bound = max(bound, 1)
        budget = Double(self.bound)
    }

    /// Whether lines wait for ``release(at:)``.
    var isHoldingBack: Bool { firstWaiting < waiting.count || dropped > 0 }

    /// Takes a line; returns the lines that pass now.
    mutating func offer(_ line: String, at now: Duration) -> [String] {
        waiting.append(line)
        waitingBytes += line.utf8.count + 1
        while waitingBytes > bound, firstWaiting < waiting.count - 1 {
            waitingBytes -= waiting[firstWaiting].utf8.count + 1
            waiting[firstWaiting] = ""
            firstWaiting += 1
            dropped += 1
        }
        return release(at: now)
    }

    /// Returns the waiting lines that pass now.
    mutating func release(at now: Duration) -> [String] {
        let elapsed = (now - lastRefill) / Self.refill
        budget = min(Double(bound), budget + elapsed * Double(bound))
        lastRefill = now
        var passed: [String] = []
        while firstWaiting < waiting.count {
            let line = waiting[firstWaiting]
            // The word on what was dropped counts as well: with short lines it is the larger part.
            let size = line.utf8.count + 1 + (dropped > 0 ? droppedText.utf8.count + 1 : 0)
            // A line longer than the bound passes on a full budget, else it would wait for ever.
            guard Double(size) <= budget || budget == Double(bound) else { break }
            sayDropped(&passed)
            passed.append(line)
            budget = max(budget - Double(size), 0)
            waitingBytes -= line.utf8.count + 1
            firstWaiting += 1
        }
        compact()
        return passed
    }

    /// Returns all that waits.
    mutating func finish() -> [String] {
        var passed: [String] = []
        sayDropped(&passed)
        passed.append(contentsOf: waiting[firstWaiting...])
        waiting = []
        firstWaiting = 0
        waitingBytes = 0
        return passed
    }

    private var droppedText: String { "[stint: \(dropped) lines left out, the log came too fast]" }

    private mutating func sayDropped(_ lines: inout [String]) {
        guard dropped > 0 else { return }
        lines.append(droppedText)
        dropped = 0
    }

    private mutating func compact() {
        guard firstWaiting > 64, firstWaiting * 2 > waiting.count else { return }
        waiting.removeFirst(firstWaiting)
        firstWaiting = 0
    }
}
