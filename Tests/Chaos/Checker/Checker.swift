// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Judges a run from what was written down, and from nothing else.
///
/// The acknowledgements come from the producers' file, the runs from the handlers', and what was accepted from Redis'
/// own append-only file (``Ledger``): a finish counts as accepted when Redis took the job's record out of its running
/// state, whether or not the worker that sent it ever heard of it.
struct Checker {
    /// One run of a job.
    struct Run {
        let id: String
        let fence: Int64
        let process: Int32
        let start: Int64
        /// When it got to its end.
        var stop: Int64?
        /// When it ended in whatever way.
        var end: Int64?
    }

    struct Lease: Hashable {
        let id: String
        let fence: Int64
    }

    let history: History
    private(set) var figures: [Figure] = []
    /// What is wrong, each with the ids that it is about.
    private(set) var problems: [String] = []
    /// Runs by their lease, and the starts of each job in the order of their fences.
    private(set) var runs: [Lease: Run] = [:]
    private(set) var starts: [String: [Run]] = [:]
    private(set) var doubleStarts = 0

    init(_ history: History) {
        self.history = history
        for effect in history.effects { take(effect) }
        for run in runs.values { starts[run.id, default: []].append(run) }
        for id in starts.keys { starts[id]?.sort { $0.fence < $1.fence } }
        count()
        checkAnswers()
        if history.run.hasLedger {
            checkFinishes()
            checkRuns()
            checkDeaths()
            checkReaps()
            checkRecovery()
        } else {
            checkGroup()
        }
        checkEnd()
        checkProcesses()
    }

    var isClean: Bool { !figures.contains { $0.verdict == .violation } }

    mutating func show(_ name: String, _ value: some CustomStringConvertible) {
        figures.append(Figure(name: name, value: value.description))
    }

    /// Adds a figure that must be zero, with what it counts.
    mutating func demandNone(_ name: String, _ found: [String]) {
        figures.append(
            Figure(name: name, value: "\(found.count)", goal: "0", verdict: found.isEmpty ? .ok : .violation))
        explain(name, found)
    }

    /// Names what a figure is about.
    mutating func explain(_ name: String, _ found: [String]) { problems += found.prefix(20).map { "\(name): \($0)" } }

    mutating func demand(_ name: String, _ value: some CustomStringConvertible, _ goal: String, _ isReached: Bool) {
        let verdict: Figure.Verdict = isReached ? .ok : .violation
        figures.append(Figure(name: name, value: value.description, goal: goal, verdict: verdict))
    }

    /// How often something was done.
    func times(_ event: FaultLog.Event) -> Int { history.faults.filter { $0.event == event }.count }

    var hasShiftedClock: Bool { times(.clock) > 0 }

    private mutating func take(_ effect: Effect) {
        let lease = Lease(id: effect.id, fence: effect.fence)
        switch effect.event {
        case .start:
            if runs[lease] != nil { doubleStarts += 1 }
            runs[lease] = Run(id: effect.id, fence: effect.fence, process: effect.process, start: effect.time)
        case .stop:
            runs[lease]?.stop = effect.time
            runs[lease]?.end = effect.time
        case .fail, .cancel: runs[lease]?.end = effect.time
        case .note: break
        }
    }

    private mutating func count() {
        show("seconds of faults", Int(history.run.seconds.rounded()))
        let counts: [(String, FaultLog.Event)] = [
            ("worker kills", .kill), ("worker pauses past the lease", .stop), ("Redis kills", .redisKill),
            ("Redis outages past the lease", .outage), ("clock steps", .clock), ("losses of a primary", .primary),
            ("moves of a slot", .moved),
            ("workers that ended by themselves", .ended),
        ]
        for (name, event) in counts where times(event) > 0 { show(name, times(event)) }
        show("jobs acknowledged", history.answers.filter { $0.outcome == .acknowledged }.count)
        show("runs of handlers", runs.count)
        let calls = history.answers.filter { $0.outcome == .acknowledged }.map { $0.answered - $0.called }
        show("time of an enqueue (p50 / p99 / max)", Distribution(calls).milliseconds)
        demandNone("lines that cannot be read", history.unreadable == 0 ? [] : ["\(history.unreadable)"])
    }
}
