// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Checker {
    /// What was left in Redis.
    mutating func checkEnd() {
        let end = history.end
        let left = end.queues.filter { $0.waiting + $0.running > 0 }
        demandNone(
            "queues that did not drain", left.map { "\($0.name): \($0.waiting) waiting, \($0.running) running" })
        demandNone("problems that the audit found", end.problems)
        guard history.run.hasLedger else { return }
        let counted = end.queues.reduce(0) { $0 + $1.completed }
        let finished = history.ledger.jobs.values.reduce(0) { $0 + $1.finishes.count }
        demand("jobs completed by the queues' own counters", counted, "\(finished) by the ledger", counted == finished)
        // What stays: what the queues are called, how they stand, a bounded look back, the wake-up hint.
        let usual: Set = ["queues", "nodes", "node_details", "meta", "recent", "wake", "unique"]
        let ended: Set = ["jobs", "kept", "big", "dead", "errors"]
        let extra = end.lastingKeys.filter { key in
            let noun = key.split(separator: ":").last.map(String.init) ?? key
            return !usual.contains(noun) && !ended.contains(noun)
        }
        demandNone("lasting keys beyond those of an empty queue", extra)
        show("keys that expire by themselves", end.expiringKeys)
    }

    /// How processes ended, and what they used.
    mutating func checkProcesses() {
        for (role, ends) in history.end.exits.sorted(by: { $0.key < $1.key }) {
            demandNone("\(role)s that did not end in good order", ends.filter { $0 != 0 }.map { "status \($0)" })
        }
        for (process, samples) in Dictionary(grouping: history.samples, by: \.process).sorted(by: { $0.key < $1.key }) {
            // Start-up is left out.
            let settled = samples.dropFirst(samples.count / 4)
            guard settled.count >= 8, let first = settled.first else { continue }
            let slope = Self.slope(settled.map { (Double($0.time - first.time) / 3.6e12, Double($0.kilobytes) / 1024) })
            let files = settled.map(\.descriptors)
            let name = "\(first.role) \(process)"
            let minutes = Double(settled.last.map { $0.time - first.time } ?? 0) / 6e10
            let text =
                "\((slope * 10).rounded() / 10) MB/h over \(Int(minutes)) min, \(settled.last?.kilobytes ?? 0) kB"
            if minutes >= 15 {
                demand("memory of \(name)", text, "≤ 1 MB/h", slope <= 1)
            } else {
                show("memory of \(name)", text)
            }
            show("open files of \(name)", "\(files.min() ?? 0) to \(files.max() ?? 0)")
        }
    }

    /// The slope of the line with the least squares.
    private static func slope(_ points: [(x: Double, y: Double)]) -> Double {
        let count = Double(points.count)
        let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        return spread == 0 ? 0 : points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
    }
}
