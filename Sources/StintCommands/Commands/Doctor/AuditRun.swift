// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Audits queues, and mends what was found if that was asked for.
struct AuditRun {
    /// At most so many findings are kept of a run; what is beyond them is found by the next.
    static let bound = 10_000

    /// The queues.
    let queues: [String]
    /// Whether the names of all keys are looked at too.
    let isWhole: Bool
    /// How redis-cli reaches the server.
    let redisClient: String
    /// Where progress is shown.
    let console: Console
    /// What was found.
    private(set) var findings: [AuditFinding] = []
    /// Queues and notes that are no findings.
    private(set) var notes: [DoctorCheck] = []
    private var hidden = 0
    private var calls = 0
    private var checked = 0

    /// Creates a run.
    init(queues: [String], isWhole: Bool, redisClient: String, console: Console) {
        self.queues = queues
        self.isWhole = isWhole
        self.redisClient = redisClient
        self.console = console
    }

    /// Returns the run after it has looked at everything.
    func done(by inspector: Inspector) async throws -> AuditRun {
        var run = self
        try await run.audit(inspector)
        return run
    }

    private mutating func audit(_ inspector: Inspector) async throws {
        for queue in queues {
            do {
                try await audit(queue, inspector)
            } catch let error as StintError {
                guard error.code == .damaged || error.code == .internalError else { throw error }
                notes.append(
                    DoctorCheck(.unchecked, "audit", "not checked: '\(queue)': \(error.message)", queue: queue))
            }
        }
        for queue in isWhole ? [nil] : queues.map(Optional.some) {
            do {
                var walk = inspector.auditKeys(queue: queue)
                while let step = try await walk.next() {
                    try Task.checkCancellation()
                    take(step)
                }
            } catch let error as StintError {
                // The users of `stint config acl` have no right to walk over keys: the queues are audited all the same.
                guard error.code == .redisRefused else { throw error }
                notes.append(
                    DoctorCheck(
                        .unchecked, "redis.rights",
                        "not checked: names of keys, which takes the rights +scan +sismember +type +getrange +pttl"))
                break
            }
        }
        console.endStatus()
        let counts = "\(NumberText.grouped(checked)) jobs and entries in \(NumberText.grouped(calls)) steps"
        let names = queues.count == 1 ? "'\(queues[0])'" : "\(NumberText.grouped(queues.count)) queues"
        if queues.isEmpty, findings.isEmpty { return }
        if findings.isEmpty {
            notes.append(DoctorCheck(.ok, "audit", "\(names) sound: \(counts)"))
        } else if hidden > 0 {
            notes.append(
                DoctorCheck(
                    .warning, "audit", "\(NumberText.grouped(hidden)) findings more: mend these, then look again",
                    do: "stint doctor --fix"))
        }
    }

    private mutating func audit(_ queue: String, _ inspector: Inspector) async throws {
        var audit = inspector.audit(queue: queue)
        var progress: WorkProgress?
        while let step = try await audit.next() {
            try Task.checkCancellation()
            take(step)
            let bar = progress ?? WorkProgress(step.total, on: console)
            progress = bar
            bar.show(step.checked)
        }
    }

    private mutating func take(_ step: AuditStep) {
        calls += 1
        checked += step.entries
        let room = max(0, Self.bound - findings.count)
        findings += step.findings.prefix(room)
        hidden += max(0, step.findings.count - room)
        for note in step.unjudged { notes.append(DoctorCheck(.unchecked, "audit", "not judged: \(note)")) }
    }

    /// The findings that can be mended.
    var repairable: [AuditFinding] { findings.filter(\.isRepairable) }

    /// Mends what can be mended; returns what became of each.
    func repair(_ client: StintClient) async throws -> [AuditFinding: AuditRepair] {
        var results: [AuditFinding: AuditRepair] = [:]
        let progress = WorkProgress(repairable.count, on: console)
        for finding in repairable {
            try Task.checkCancellation()
            results[finding] = try await client.queue(finding.queue).repair(finding)
            progress.show(results.count)
        }
        console.endStatus()
        return results
    }

    /// The findings as checks.
    func checks(after results: [AuditFinding: AuditRepair]) -> [DoctorCheck] {
        findings.map { finding in
            let subject = finding.job.map { "'\(finding.queue)', job \($0)" } ?? "'\(finding.queue)'"
            let text = "\(finding.invariant) \(subject): \(finding.message)"
            func check(_ status: DoctorCheck.Status, _ more: String, _ remedy: String?) -> DoctorCheck {
                DoctorCheck(
                    status, "audit.\(finding.kind.rawValue)", text + more, do: remedy, queue: finding.queue,
                    finding: finding)
            }
            let open: DoctorCheck.Status = finding.isViolation ? .problem : .warning
            switch results[finding] {
            case .mended?: return check(.fixed, " (mended)", nil)
            case .sound?: return check(.ok, " (no longer so)", nil)
            case .changed?: return check(open, " (it changed meanwhile)", remedy(finding))
            case .refused?: return check(open, " (cannot be mended without losing something)", remedy(finding))
            case nil: return check(open, "", remedy(finding))
            }
        } + notes
    }

    private func remedy(_ finding: AuditFinding) -> String? {
        let id = finding.job.map { Invocation.quoted($0.description) } ?? ""
        switch finding.kind {
        case .unheld where !finding.second.isEmpty: return "stint job show \(id)"
        case _ where finding.isRepairable: return "stint doctor --fix --queue \(finding.queue)"
        case .flagged: return "stint job cancel \(id)"
        case .payload, .damaged: return "stint job rm \(id)"
        case .overdue: return "stint worker ls"
        case .miscounted: return "stint job show \(id)"
        case .foreign: return "\(redisClient) type \(Invocation.quoted(finding.keyName))"
        case .type, .number: return "stint doctor --bundle doctor.json"
        default: return nil
        }
    }
}
