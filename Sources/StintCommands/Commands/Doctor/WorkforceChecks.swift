// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// What `stint doctor` thinks of queues and of the workers that serve them.
struct WorkforceChecks {
    /// The queues.
    let queues: [QueueStatus]
    /// All workers that were heard of within a day.
    let nodes: [NodeStatus]
    /// The release of this program.
    var version = StintVersion.current

    /// All checks, in the order in which they are printed.
    var all: [DoctorCheck] {
        var checks = tooNew + lost
        for more in [stuck, versions, unserved, late, onHold] { checks += more }
        if let watch { checks.append(watch) }
        return checks
    }

    private var workforce: Workforce { Workforce(nodes) }

    private func served(_ queue: QueueStatus) -> Bool { !workforce.serving(queue.name).isEmpty }

    private var tooNew: [DoctorCheck] {
        queues.filter(\.isTooNew).map { queue in
            let schema = queue.schema.map(String.init) ?? "?"
            return DoctorCheck(
                .problem, "queue.schema",
                "queue '\(queue.name)' was written by a newer release (schema \(schema)): stint \(version) knows up to "
                    + "\(QueueStatus.knownSchema), did not audit it, and neither enqueues nor runs its jobs until it is updated",
                do: "stint worker ls --fields node,host,version", queue: queue.name)
        }
    }

    private var lost: [DoctorCheck] {
        nodes.filter { !Workforce.isAlive($0) }.map { node in
            DoctorCheck(
                .warning, "node.lost",
                "node \(node.id)\(Self.host(node)) was heard of \(TimeText.relative(.seconds(-node.age))) for the last time",
                do: "stint worker show \(node.id)")
        }
    }

    private var stuck: [DoctorCheck] {
        workforce.alive.filter { !$0.stuck.isEmpty }.map { node in
            DoctorCheck(
                .problem, "node.stuck",
                "node \(node.id) is stuck: \(node.stuck.map(\.description).joined(separator: "; "))",
                do: "stint worker show \(node.id)")
        }
    }

    private var versions: [DoctorCheck] {
        let alive = workforce.alive.filter { !$0.version.isEmpty }
        let counts = Dictionary(grouping: alive, by: \.version)
        guard let usual = counts.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) })?.key else {
            return []
        }
        var checks = alive.filter { $0.version != usual }.map { node in
            DoctorCheck(
                .warning, "node.version", "node \(node.id) runs \(node.version), others \(usual)",
                do: "stint worker ls --fields node,host,version")
        }
        if checks.isEmpty, usual != version {
            checks.append(
                DoctorCheck(
                    .warning, "node.version", "this program is \(version), the workers run \(usual)",
                    do: "stint worker ls --fields node,host,version"))
        }
        return checks
    }

    private var unserved: [DoctorCheck] {
        queues.filter { $0.ready + $0.delayed > 0 && !served($0) }.map { queue in
            DoctorCheck(
                .warning, "queue.unserved", "queue '\(queue.name)' has jobs and no worker",
                do: "stint work --queue \(queue.name)", queue: queue.name)
        }
    }

    /// Served queues whose due jobs nobody makes ready.
    private var late: [DoctorCheck] {
        queues.filter { served($0) }.compactMap { queue in
            guard let due = queue.nextDue else { return nil }
            let late = queue.date.timeIntervalSince(due)
            guard late > 5 else { return nil }
            return DoctorCheck(
                .warning, "queue.late", "a job of '\(queue.name)' was due \(TimeText.short(.seconds(late))) ago",
                do: "stint worker ls", queue: queue.name)
        }
    }

    private var onHold: [DoctorCheck] {
        queues.compactMap { queue in
            guard let until = queue.holdUntil, until > queue.date, queue.running > 0 else { return nil }
            let time = TimeText.short(.seconds(until.timeIntervalSince(queue.date)))
            return DoctorCheck(
                .warning, "queue.hold",
                "reaping of '\(queue.name)' is on hold for \(time) more: nobody looked for a while, or the clock was set",
                do: "stint worker ls", queue: queue.name)
        }
    }

    /// How long ago somebody looked after the queues that are served.
    private var watch: DoctorCheck? {
        let lags = queues.filter { served($0) }.compactMap { queue in
            queue.lastLook.map { (queue: queue.name, lag: queue.date.timeIntervalSince($0)) }
        }
        guard let worst = lags.max(by: { $0.lag < $1.lag }) else { return nil }
        let time = TimeText.length(.seconds(max(0, worst.lag)))
        // A loop of a worker counts as stuck after three rounds of at most two seconds.
        guard worst.lag > 15 else { return DoctorCheck(.ok, "queue.watch", "reaper lag \(time)") }
        return DoctorCheck(
            .problem, "queue.watch", "I5 nobody has looked after '\(worst.queue)' for \(time), although it is served",
            do: "stint worker ls", queue: worst.queue)
    }

    private static func host(_ node: NodeStatus) -> String { node.host.isEmpty ? "" : " at \(node.host)" }
}
