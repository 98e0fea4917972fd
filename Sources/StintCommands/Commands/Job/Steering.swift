// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import Stint
import StintTerminal

/// What became of one job that a command was to change.
enum Verdict: Sendable, Hashable {
    /// It was changed; what to say of it.
    case done(String)
    /// It was left alone; the exit code and why.
    case refused(CommandStatus, String)

    static let missing = Verdict.refused(.notFound, "no such job")
    static let damaged = Verdict.refused(.failed, "its record is damaged; delete it with: stint job rm")
    static let changed = Verdict.refused(.refusedByState, "changed meanwhile: another state, or another job, by now")
}

/// Changes jobs and says of each what happened, or of many how many.
struct Steering {
    /// What is done, such as `cancel`.
    var verb: String
    /// What is said of many: `12 jobs are cancelled`.
    var past: String
    var targets: JobTargets
    /// The states in which selectors look for jobs.
    var states: [JobState]
    var confirm: ConfirmOptions
    var change: ChangeOptions
    /// Whether several ids are asked about first, because it cannot be undone.
    var asks = false
    /// Asks before many are changed, instead of a plain question; gets the question without its mark.
    var askHard: ((String) throws -> Void)?

    /// Does the work for the ids or for what the selectors name, and reports.
    ///
    /// - Parameter act: Changes jobs; for what selectors found it gets the time by which these were enqueued, and must
    ///   leave alone what is in none of the states by then.
    /// - Throws: A failure with status 2 if only some were changed; 3 or 4 if none was.
    func perform(
        _ client: StintClient, on console: Console,
        _ act: @escaping @Sendable (Queue, [JobID], Date?) async throws -> [Verdict]
    ) async throws {
        guard targets.ids.isEmpty else { return try await performNamed(client, on: console, act) }
        let batches = try await targets.collect(states, client, on: console)
        let total = batches.reduce(0) { $0 + $1.ids.count }
        guard total > 0 else {
            console.talk("no \(states.map(\.rawValue).joined(separator: " or ")) job \(targets.text)")
            return
        }
        let what = "\(JobCount.text(total)) \(targets.text)\(stateText(batches))"
        if confirm.dryRun {
            for batch in batches {
                change.tell(
                    queue: batch.queue, done: false, reason: ChangeOptions.dryRun,
                    [.init("matched", .integer(Int64(batch.ids.count)))], on: console)
            }
            console.talk("would \(verb) \(what)")
            return
        }
        if let askHard {
            try askHard("\(capitalized) \(what)")
        } else {
            try confirm.confirm("\(capitalized) \(what)?", on: console)
        }
        let (outcomes, failure) = await JobBatch.work(batches, client, console, act: act)
        try JobBatch.report(outcomes, endedBy: failure, done: past, change, on: console)
    }

    private var capitalized: String { verb.prefix(1).uppercased() + verb.dropFirst() }

    /// How many are in each state, where there could be several.
    private func stateText(_ batches: [JobBatch]) -> String {
        guard states.count > 1 else { return "" }
        let counts = states.map { state in (state, batches.reduce(0) { $0 + ($1.states[state] ?? 0) }) }
        let parts = counts.filter { $0.1 > 0 }.map { "\(NumberText.grouped($0.1)) \($0.0.rawValue)" }
        return " (\(parts.joined(separator: ", ")))"
    }

    private func performNamed(
        _ client: StintClient, on console: Console, _ act: (Queue, [JobID], Date?) async throws -> [Verdict]
    ) async throws {
        var ids: [JobID] = []
        for word in targets.ids {
            let id = try JobNaming.id(word)
            if !ids.contains(id) { ids.append(id) }
        }
        let jobs = try await jobs(ids, client)
        if confirm.dryRun {
            for id in ids {
                let job = jobs[id]
                change.tell(
                    id: id, queue: job?.queue, done: false, reason: job == nil ? "no such job" : ChangeOptions.dryRun,
                    on: console)
                console.talk("would \(verb) \(id): \(job?.text ?? "no such job")")
            }
            let missing = ids.filter { jobs[$0] == nil }
            guard let first = missing.first else { return }
            if ids.count == 1 { throw JobNaming.missing(first) }
            throw CommandFailure(
                missing.count < ids.count ? .partlyDone : .notFound,
                "\(NumberText.grouped(missing.count)) of \(JobCount.text(ids.count)) are not there")
        }
        if asks, ids.count > 1 {
            let names = ids.map(\.description).joined(separator: ", ")
            try confirm.confirm("\(capitalized) \(JobCount.text(ids.count)): \(names)?", on: console)
        }
        var verdicts: [JobID: Verdict] = [:]
        let groups = Dictionary(grouping: ids.filter { jobs[$0] != nil }) { jobs[$0]?.queue ?? "" }
        for (queue, ids) in groups {
            let outcomes = try await act(try client.queue(queue), ids, nil)
            for (id, verdict) in zip(ids, outcomes) { verdicts[id] = verdict }
        }
        try report(ids.map { ($0, jobs[$0]?.queue, verdicts[$0] ?? .missing) }, on: console)
    }

    /// A job that was named, and what there is to say of it before it is changed.
    private struct NamedJob {
        var queue: String
        var text: String
    }

    private func jobs(_ ids: [JobID], _ client: StintClient) async throws -> [JobID: NamedJob] {
        var jobs: [JobID: NamedJob] = [:]
        for id in ids {
            do {
                let job = try await client.inspector.job(id, queue: targets.queue.first)?.summary
                jobs[id] = job.map { .init(queue: $0.queue, text: "\($0.name), \($0.state.rawValue) in '\($0.queue)'") }
            } catch {
                guard error.code == .damaged else { throw error }
                var queue = targets.queue.first
                if queue == nil { queue = try await client.core.queue(holding: id) }
                jobs[id] = queue.map { .init(queue: $0, text: "a damaged record in '\($0)'") }
            }
        }
        return jobs
    }

    private func report(_ verdicts: [(JobID, String?, Verdict)], on console: Console) throws {
        var statuses: [CommandStatus] = []
        var refusals: [String] = []
        for (id, queue, verdict) in verdicts {
            switch verdict {
            case .done(let text):
                change.tell(id: id, queue: queue, done: true, [.init("note", .string(text))], on: console)
                console.done("\(id) \(text)")
            case .refused(let status, let text):
                change.tell(id: id, queue: queue, done: false, reason: text, [.init("note", .null)], on: console)
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
