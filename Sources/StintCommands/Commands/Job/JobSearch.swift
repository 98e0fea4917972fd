// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Finds the jobs that a list shows, and says how far it has looked.
struct JobSearch {
    /// What was found.
    struct Finding: Sendable {
        var jobs: [JobSummary] = []
        var searched = 0
        var total = 0
        var cursor: String?
    }

    var selectors: JobSelectors
    var states: [JobState]
    var order: JobWalk.Order

    /// Looks for the jobs of one print.
    func find(_ inspector: Inspector, on console: Console) async throws -> Finding {
        let (sources, total) = try await sources(inspector, console)
        var positions = selectors.cursor.flatMap(JobWalk.positions) ?? [:]
        if let offset = selectors.offset {
            guard sources.count == 1 else {
                throw CommandFailure.usage("--offset needs one --queue and one state; otherwise use --cursor")
            }
            positions = [sources[0].name: offset]
        }
        let pageLength = selectors.isSearch ? 500 : selectors.limit
        var walk = JobWalk(inspector, sources: sources, order: order, pageLength: pageLength, positions: positions)
        var finding = Finding(total: total)
        while finding.jobs.count < selectors.limit, finding.searched < bound, let job = try await walk.next() {
            finding.searched += 1
            if selectors.matches(job) { finding.jobs.append(job) }
        }
        finding.cursor = walk.cursor
        return finding
    }

    /// Says what a list left out, also into a pipe: a program that takes the rows for all there are would be wrong.
    func tell(_ finding: Finding, on console: Console) {
        let found = NumberText.grouped(finding.jobs.count)
        if selectors.isSearch {
            let share = finding.total > 0 ? Double(finding.searched) / Double(finding.total) : 1
            let count = "searched \(NumberText.grouped(finding.searched)) of \(NumberText.grouped(finding.total))"
            let next = finding.cursor.map { ". Continue with --cursor \($0)" } ?? ""
            console.talk("\(count) (\(NumberText.percent(min(1, share)))), \(orderText); \(found) found\(next)")
        } else if let cursor = finding.cursor {
            console.talk("\(found) of \(NumberText.grouped(finding.total)), \(orderText); more: --cursor \(cursor)")
        }
    }

    private var bound: Int { selectors.isSearch ? selectors.scanLimit ?? 20_000 : Int.max }

    private var orderText: String {
        switch order {
        case .new: "newest first"
        case .old: "oldest first"
        case .due: "next due first"
        }
    }

    private func sources(_ inspector: Inspector, _ console: Console) async throws -> ([JobWalk.Source], total: Int) {
        var statuses: [QueueStatus] = []
        if selectors.queue.isEmpty {
            statuses = try await inspector.readableQueues(on: console)
        } else {
            for queue in selectors.queue { statuses.append(try await inspector.known(queue)) }
        }
        let isEnded = states.contains(.completed) || states.contains(.cancelled)
        let total = statuses.reduce(0) { sum, status in
            sum + states.reduce(0) { $0 + Self.count($1, status) } + (isEnded ? status.kept : 0)
        }
        return (statuses.flatMap { status in states.map { .init(queue: status.name, state: $0) } }, total)
    }

    /// Completed and cancelled jobs share an index, which is counted once.
    private static func count(_ state: JobState, _ status: QueueStatus) -> Int {
        switch state {
        case .ready: status.ready
        case .delayed: status.delayed
        case .running: status.running
        case .dead: status.dead
        case .completed, .cancelled: 0
        }
    }
}
