// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

extension JobWalk.Order: ExpressibleByArgument {}

/// The command `stint job ls`.
struct JobListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List jobs; %1, %2… then name the rows.",
        discussion: """
            Examples:
              stint job ls --queue mail --state delayed --sort due
              stint job ls --name 'mail.*' --tag customer=7
              stint job ls --state dead --limit 1000 --json | jq -r .id
            """,
        aliases: ["list"])

    @OptionGroup var selectors: JobSelectors
    @Option(
        help: ArgumentHelp(
            "Only these states: ready, delayed, running, dead, completed, cancelled.", valueName: "a,b,…"),
        transform: { try JobListCommand.states($0) })
    var state: [JobState]?
    @Option(help: "Order: new or old by when it was enqueued, or due for delayed jobs.") var sort = JobWalk.Order.new
    @OptionGroup var list: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard sort != .due || state == nil || state == [.delayed] else {
            throw ValidationError("--sort due is for delayed jobs: --state delayed.")
        }
    }

    func perform(on console: Console) async throws {
        let states = state ?? (sort == .due ? [.delayed] : JobState.allCases)
        let search = JobSearch(selectors: selectors, states: states, order: sort)
        try await connection.withClient(on: console) { client, _ in
            var finding = JobSearch.Finding()
            try await console.show(JobRow.listing, list, watch: watch, times: times) {
                finding = try await search.find(client.inspector, on: console)
                return finding.jobs
            }
            search.tell(finding, on: console)
        }
    }

    /// Reads a list of states.
    static func states(_ text: String, among states: [JobState] = JobState.allCases) throws -> [JobState] {
        try text.split(separator: ",").map { word in
            guard let state = JobState(rawValue: word.trimmingSpaces()), states.contains(state) else {
                let names = states.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(word)' is no state here; there are \(names).")
            }
            return state
        }
    }
}
