// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import StintTesting

extension ChaosStage {
    /// Reads what is left in Redis and audits it.
    func endState(isDrained: Bool, exits: [String: [Int32]]) async throws -> EndState {
        var state = EndState(
            isDrained: isDrained, queues: [], deadIDs: [], problems: [], lastingKeys: [], expiringKeys: 0, exits: exits)
        let snapshot = try await site.snapshot(through: client.core.transport)
        for name in Self.queues {
            let status = try await client.inspector.queue(name)
            state.queues.append(
                .init(
                    name: name, waiting: status.ready + status.delayed, running: status.running, dead: status.dead,
                    completed: status.totals.completed))
            var offset: Int? = 0
            while let from = offset {
                let page = try await client.inspector.jobs(queue: name, state: .dead, offset: from, limit: 500)
                state.deadIDs += page.jobs.map(\.id.description)
                offset = page.nextOffset
            }
            state.problems += QueueAudit(client.core.keys(queue: name), in: snapshot).problems
            state.problems += try await doctor(name)
        }
        for key in snapshot.keys.keys.sorted() {
            let left = try await command("PTTL", key).integerValue ?? -2
            if left == -1 { state.lastingKeys.append(key) } else { state.expiringKeys += 1 }
        }
        return state
    }

    /// What `stint doctor` finds wrong with a queue.
    private func doctor(_ queue: String) async throws -> [String] {
        var audit = client.inspector.audit(queue: queue)
        var problems: [String] = []
        while let step = try await audit.next() {
            problems += step.findings.filter(\.isViolation).map { finding in
                "doctor: \(finding.invariant) \(finding.job?.description ?? queue): \(finding.message)"
            }
        }
        return problems
    }

    /// Writes a part of the history as JSON.
    func write(_ value: some Encodable, _ file: HistoryFile) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(value).write(to: URL(fileURLWithPath: file.path(in: folder.path)))
    }

    /// Writes down how much memory and how many files each process has that is never killed.
    func sample(_ producers: [RoleProcess], _ file: LineFile) async {
        var processes = await pool.processes.filter(\.isSpared).map { (role: "worker", pid: $0.process.pid) }
        processes += producers.map { (role: "producer", pid: $0.pid) }
        for (role, pid) in processes {
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
                let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first,
                let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
            else { continue }
            file.append("\(LineFile.now) \(pid) \(role) \(kilobytes) \(files.count)")
        }
    }
}
