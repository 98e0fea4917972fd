// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What can be said where several servers hold the jobs: there is no one file that has every write, so that only what
/// handlers and producers wrote down is judged, and what is left at the end.
extension Checker {
    mutating func checkGroup() {
        var lost: [Bool: [String]] = [true: [], false: []]
        var counts: [Bool: Int] = [:]
        for answer in history.answers where answer.outcome == .acknowledged {
            guard let id = answer.id else { continue }
            counts[answer.isReplicated, default: 0] += 1
            if starts[id]?.contains(where: { $0.stop != nil }) != true { lost[answer.isReplicated]?.append(id) }
        }
        show("acknowledged, and confirmed by a replica", counts[true] ?? 0)
        demandNone("of these, never ran to their end", lost[true] ?? [])
        show("acknowledged by the primary alone", counts[false] ?? 0)
        if times(.primary) == 0 {
            demandNone("of these, never ran to their end", lost[false] ?? [])
        } else {
            // A failover may lose what was not replicated: docs/guarantees.md says so.
            show("of these, never ran to their end", lost[false]?.count ?? 0)
        }
        let again = starts.values.reduce(0) { $0 + max(0, $1.filter { $0.stop != nil }.count - 1) }
        show("jobs that ran to their end again", again)
        demandNone("claims that were run twice", times(.primary) > 0 || doubleStarts == 0 ? [] : ["\(doubleStarts)"])
        checkReturn()
        checkMoves()
    }

    /// How soon workers run jobs again once another primary is in place.
    private mutating func checkReturn() {
        let begins = history.effects.filter { $0.event == .start }.map(\.time).sorted()
        var losses: [Int64] = []
        var returns: [Int64] = []
        var began: Int64?
        for fault in history.faults {
            if fault.event == .primary { began = fault.time }
            guard fault.event == .failover, let loss = began else { continue }
            losses.append(fault.time - loss)
            // Where clients reached the old primary throughout, they never stopped.
            if fault.subject != "partition", let next = begins.first(where: { $0 > fault.time }) {
                returns.append(next - fault.time)
            }
        }
        guard !losses.isEmpty else { return }
        show("until another primary was in place (p50 / p99 / max)", Distribution(losses).milliseconds)
        let back = Distribution(returns)
        let lag = history.run.machineLag.max
        show("the machine's own delay (p50 / p99 / max)", history.run.machineLag.milliseconds)
        let what = "from then until a job started (p50 / p99 / max)"
        // One loss or two say nothing of a bound.
        guard returns.count > 2 else { return show(what, back.milliseconds) }
        demand(what, back.milliseconds, "max ≤ 2000 ms + longest delay", back.max <= 2_000_000_000 + lag)
    }

    /// How long the moves of slots took.
    private mutating func checkMoves() {
        var began: Int64?
        var times: [Int64] = []
        for fault in history.faults {
            if fault.event == .move { began = fault.time }
            if fault.event == .moved, let began { times.append(fault.time - began) }
        }
        if !times.isEmpty { show("time of a move (p50 / p99 / max)", Distribution(times).milliseconds) }
    }
}
