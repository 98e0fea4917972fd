// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// Which jobs a list shows.
///
/// Queue and state are indexed; name and tags are searched for, in bounds.
struct JobSelectors: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only jobs of this queue; may be repeated.", valueName: "name"),
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

    @Option(help: ArgumentHelp("Print at most this many.", valueName: "n"))
    var limit = 20

    @Option(help: ArgumentHelp("Go on where a list ended, as it said.", valueName: "cursor"))
    var cursor: String?

    @Option(help: ArgumentHelp("Skip so many entries; needs one --queue and one state.", valueName: "n"))
    var offset: Int?

    @Option(
        help: ArgumentHelp("Search at most this many jobs for --name and --tag (default: 20000).", valueName: "n"))
    var scanLimit: Int?

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be between 1 and 10000.") }
        if let scanLimit {
            guard scanLimit > 0 else { throw ValidationError("--scan-limit must be at least 1.") }
            guard isSearch else {
                throw ValidationError("--scan-limit needs --name or --tag: nothing else is searched.")
            }
        }
        guard cursor == nil || offset == nil else { throw ValidationError("--cursor and --offset exclude each other.") }
        if let offset, offset < 0 { throw ValidationError("--offset must not be negative.") }
        if let cursor, JobWalk.positions(cursor) == nil {
            throw ValidationError("'\(cursor)' is no cursor; copy it from the end of the list before.")
        }
    }

    /// Whether jobs must be read to be judged.
    var isSearch: Bool { name != nil || !tag.isEmpty }

    /// Judges one job.
    func matches(_ job: JobSummary) -> Bool {
        if let name {
            let isMatch = name.hasSuffix("*") ? job.name.hasPrefix(name.dropLast()) : job.name == name
            guard isMatch else { return false }
        }
        return tag.allSatisfy { job.tags[$0.name] == $0.value }
    }
}
