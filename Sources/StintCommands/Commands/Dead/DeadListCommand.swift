// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint

/// The command `stint dead ls`.
struct DeadListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the jobs that gave up, with their last error.",
        discussion: """
            Examples:
              stint dead ls
              stint dead ls --queue mail --name mail.send --limit 100
              stint dead ls --limit 10000 --json | jq -r .reason | sort | uniq -c
            """,
        aliases: ["list"])

    @OptionGroup var selectors: JobSelectors
    @Option(help: "Order: new or old by when it was enqueued.") var sort = JobWalk.Order.new
    @OptionGroup var list: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard sort != .due else { throw ValidationError("A dead job is not due; --sort takes new and old here.") }
    }

    func perform(on console: Console) async throws {
        let search = JobSearch(selectors: selectors, states: [.dead], order: sort)
        try await connection.withClient(on: console) { client, _ in
            var finding = JobSearch.Finding()
            try await console.show(JobRow.deadListing, list, watch: watch, times: times) {
                finding = try await search.find(client.inspector, on: console)
                return finding.jobs
            }
            search.tell(finding, on: console)
            if !finding.jobs.isEmpty { console.hint("retry: stint dead retry %1   why: stint job show %1") }
        }
    }
}
