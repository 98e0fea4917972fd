// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// Which dead jobs are retried or deleted: some by id, or all, or those of queues and names.
struct DeadSelectors: ParsableArguments {
    @Argument(help: "Ids of dead jobs, %1 for the first row of the last list.") var ids: [String] = []

    @Flag(help: "All dead jobs of all queues.") var all = false

    @Option(help: ArgumentHelp("Only jobs of this queue; may be repeated.", valueName: "name"))
    var queue: [String] = []

    @Option(help: ArgumentHelp("Only jobs of this name, or of names that begin so: 'mail.*'.", valueName: "name"))
    var name: String?

    func validate() throws {
        let isFiltered = !queue.isEmpty || name != nil
        guard !ids.isEmpty || all || isFiltered else {
            throw ValidationError("Name jobs, or say --queue, --name or --all.")
        }
        guard !all || !isFiltered else { throw ValidationError("--all and --queue or --name exclude each other.") }
        guard ids.isEmpty || (!all && name == nil && queue.count <= 1) else {
            throw ValidationError("Ids and other selectors exclude each other.")
        }
    }

    /// The same jobs for the commands that take ids; built by parsing, as only the parser fills a group.
    func steering() throws -> SteeringOptions {
        try SteeringOptions.parse(ids + (queue.first.map { ["--queue", $0] } ?? []))
    }

    /// Collects the ids of all dead jobs that are meant, oldest first in each queue.
    func collect(_ client: StintClient, on console: Console) async throws -> [DeadBatch] {
        let inspector = client.inspector
        let queues =
            queue.isEmpty ? try await inspector.queueNames().sorted() : try await inspector.known(queue, all: false)
        var batches: [DeadBatch] = []
        var searched = 0
        for queue in queues {
            var batch = DeadBatch(queue: queue)
            var offset: Int? = 0
            while let start = offset {
                try Task.checkCancellation()
                let page = try await inspector.jobs(queue: queue, state: .dead, offset: start, limit: 500)
                searched += page.jobs.count
                batch.ids += page.jobs.filter(matches).map(\.id)
                offset = page.nextOffset
                console.status("searching: \(NumberText.grouped(searched)) dead jobs so far")
            }
            if !batch.ids.isEmpty { batches.append(batch) }
        }
        console.endStatus()
        return batches
    }

    /// What is meant, in words.
    var text: String {
        var text = queue.isEmpty ? "of all queues" : "of " + queue.map { "'\($0)'" }.joined(separator: ", ")
        if let name { text += " named '\(name)'" }
        return text
    }

    private func matches(_ job: JobSummary) -> Bool {
        guard let name else { return true }
        return name.hasSuffix("*") ? job.name.hasPrefix(name.dropLast()) : job.name == name
    }
}
