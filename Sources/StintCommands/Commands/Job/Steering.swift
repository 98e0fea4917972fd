// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// Jobs named one by one that a command changes.
///
/// For `job retry`, `cancel`, `promote`, `rm`.
struct SteeringOptions: ParsableArguments {
    @Argument(help: "Ids of jobs, %1 for the first row of the last list, or @last.") var ids: [String]

    @Option(help: ArgumentHelp("Their queue, where the ids are your own.", valueName: "name")) var queue: String?
}

/// What became of one job.
enum Verdict: Sendable, Hashable {
    /// It was changed; what to say of it.
    case done(String)
    /// It was left alone; the exit code and why.
    case refused(CommandStatus, String)

    static let missing = Verdict.refused(.notFound, "no such job")
}

/// Changes jobs that were named one by one, and says what became of each.
struct Steering {
    /// What is done, such as `cancel`.
    var verb: String
    var options: SteeringOptions
    var confirm: ConfirmOptions
    /// Whether several jobs are asked about first, because it cannot be undone.
    var asks = false

    /// Finds the queues, does the work queue by queue, and reports.
    ///
    /// - Throws: A failure with status 2 if only some were changed; 3 or 4 if none was.
    func perform(
        _ client: StintClient, on console: Console, _ act: (Queue, [JobID]) async throws -> [Verdict]
    ) async throws {
        var ids: [JobID] = []
        for word in options.ids {
            let id = try JobNaming.id(word)
            if !ids.contains(id) { ids.append(id) }
        }
        let (groups, states) = try await groups(ids, client)
        if confirm.dryRun {
            for id in ids { console.talk("would \(verb) \(id): \(states[id] ?? "no such job")") }
            return
        }
        if asks, ids.count > 1 {
            let names = ids.map(\.description).joined(separator: ", ")
            try confirm.confirm(
                "\(verb.prefix(1).uppercased() + verb.dropFirst()) \(JobCount.text(ids.count)): \(names)?", on: console)
        }
        var verdicts: [JobID: Verdict] = [:]
        for (queue, ids) in groups {
            let outcomes = try await act(try client.queue(queue), ids)
            for (id, verdict) in zip(ids, outcomes) { verdicts[id] = verdict }
        }
        try report(ids.map { ($0, verdicts[$0] ?? .missing) }, on: console)
    }

    private func groups(
        _ ids: [JobID], _ client: StintClient
    ) async throws -> (groups: [(String, [JobID])], states: [JobID: String]) {
        var groups: [(queue: String, ids: [JobID])] = []
        var states: [JobID: String] = [:]
        for id in ids {
            guard let job = try await client.inspector.job(id, queue: options.queue)?.summary else { continue }
            states[id] = "\(job.name), \(job.state.rawValue) in '\(job.queue)'"
            if let index = groups.firstIndex(where: { $0.queue == job.queue }) {
                groups[index].ids.append(id)
            } else {
                groups.append((job.queue, [id]))
            }
        }
        return (groups, states)
    }

    private func report(_ verdicts: [(JobID, Verdict)], on console: Console) throws {
        var statuses: [CommandStatus] = []
        var refusals: [String] = []
        for (id, verdict) in verdicts {
            switch verdict {
            case .done(let text): console.done("\(id) \(text)")
            case .refused(let status, let text):
                statuses.append(status)
                refusals.append("\(id): \(text)")
            }
        }
        guard let first = statuses.first else { return }
        if verdicts.count == 1, first == .notFound { throw JobNaming.missing(verdicts[0].0) }
        if verdicts.count == 1 {
            throw CommandFailure(
                first, "cannot \(verb) job \(refusals[0])",
                hints: [.init("Look at it:", "stint job show \(verdicts[0].0)")])
        }
        let isPartly = statuses.count < verdicts.count || Set(statuses).count > 1
        throw CommandFailure(
            isPartly ? .partlyDone : first,
            "\(NumberText.grouped(statuses.count)) of \(JobCount.text(verdicts.count)) left as they were",
            details: refusals)
    }
}
