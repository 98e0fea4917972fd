// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// Which jobs a command changes: some by their ids, or all that selectors name.
struct JobTargets: ParsableArguments {
    @Argument(help: "Ids of jobs, %1 for the first row of the last list, or @last.")
    var ids: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only jobs of this queue; may be repeated. With ids: their queue, where the ids are your own.",
            valueName: "name"),
        completion: LiveCompletion.queues)
    var queue: [String] = []

    @Option(
        help: ArgumentHelp("Only jobs of this name, or of names that begin so: 'mail.*'.", valueName: "name"),
        completion: LiveCompletion.jobs)
    var name: String?

    @Option(
        help: ArgumentHelp("Only jobs with this tag; may be repeated.", valueName: "key=value"),
        transform: TagArgument.parse)
    var tag: [TagArgument] = []

    @Option(help: ArgumentHelp("At most so many, the oldest of each queue first.", valueName: "n"))
    var limit: Int?

    /// Refuses contradictions, and a command that names no job.
    ///
    /// - Parameter others: Selectors of the command itself, and whether they were given.
    func check(_ others: [(option: String, isGiven: Bool)]) throws {
        let own = [("--name", name != nil), ("--tag", !tag.isEmpty), ("--limit", limit != nil)]
        let given = (others + own).filter(\.1).map(\.0)
        guard ids.isEmpty || (given.isEmpty && queue.count <= 1) else {
            throw ValidationError("Ids and other selectors exclude each other.")
        }
        guard !ids.isEmpty || !queue.isEmpty || given.contains(where: { $0 != "--limit" }) else {
            throw ValidationError(
                "Name jobs, or say --queue, --name, --tag\(others.map { ", " + $0.option }.joined()).")
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    /// What is meant, in words.
    var text: String {
        var text = queue.isEmpty ? "of all queues" : "of " + queue.map { "'\($0)'" }.joined(separator: ", ")
        if let name { text += " named '\(name)'" }
        for tag in tag { text += " tagged \(tag.name)=\(tag.value)" }
        return text
    }

    /// Judges one job.
    func matches(_ job: JobSummary) -> Bool {
        if let name {
            let isMatch = name.hasSuffix("*") ? job.name.hasPrefix(name.dropLast()) : job.name == name
            guard isMatch else { return false }
        }
        return tag.allSatisfy { job.tags[$0.name] == $0.value }
    }

    /// Collects the ids of all jobs in some states that the selectors name, oldest first in each queue and state.
    ///
    /// Jobs that are enqueued after it began are left out, so that the time of the beginning tells a job that was found from
    /// another that is enqueued under its id later.
    func collect(_ states: [JobState], _ client: StintClient, on console: Console) async throws -> [JobBatch] {
        let inspector = client.inspector
        let queues =
            queue.isEmpty ? try await inspector.queueNames().sorted() : try await inspector.known(queue, all: false)
        var batches: [JobBatch] = []
        var searched = 0
        var left = limit ?? .max
        for queue in queues {
            var batch = JobBatch(queue: queue)
            // A job that changes its state meanwhile may be seen twice.
            var seen: Set<JobID> = []
            for state in states {
                var offset: Int? = 0
                while let start = offset, left > 0 {
                    try Task.checkCancellation()
                    let page = try await inspector.jobs(queue: queue, state: state, offset: start, limit: 500)
                    searched += page.jobs.count
                    let began = batch.date ?? page.date
                    batch.date = began
                    for job in page.jobs
                    where left > 0 && job.enqueuedAt <= began && matches(job) && seen.insert(job.id).inserted {
                        batch.ids.append(job.id)
                        batch.states[state, default: 0] += 1
                        left -= 1
                    }
                    offset = page.nextOffset
                    console.status("searching: \(NumberText.grouped(searched)) jobs so far")
                }
            }
            if !batch.ids.isEmpty { batches.append(batch) }
        }
        console.endStatus()
        return batches
    }
}
