// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import StintFunctions

/// How many jobs are read and enqueued with `enqueue --bulk`.
package struct BulkOptions: ParsableArguments {
    /// What happens at a line that is no job.
    package enum ErrorPolicy: String, Sendable, CaseIterable { case stop, skip }

    @Flag(help: "Read one job a line from FILE or stdin (-): {\"name\":…,\"payload\":…,\"in\":…,\"key\":…}.")
    package var bulk = false

    @Option(
        name: .customLong("name"),
        help: ArgumentHelp("All jobs have this name; each line is a bare payload.", valueName: "name"))
    package var jobName: String?

    @Option(
        name: .customLong("key-field"),
        help: ArgumentHelp("The member of each payload that is its unique key.", valueName: "field"))
    package var keyField: String?

    @Option(help: ArgumentHelp("Jobs in one call, 1 to 500 (default: 500).", valueName: "number"))
    package var batch: Int?

    @Option(
        help: ArgumentHelp("Spread the jobs at random over this time.", valueName: "time"),
        transform: DurationArgument.parse)
    package var spread: Duration?

    @Option(
        help: ArgumentHelp("Enqueue no faster: 1000/s, 90/m.", valueName: "rate"), transform: RateArgument.parse)
    package var rate: RateArgument?

    @Option(
        name: .customLong("on-error"),
        help: ArgumentHelp("At a bad line: stop (the default) or skip.", valueName: "policy"),
        transform: BulkOptions.policy)
    package var onError: ErrorPolicy?

    @Option(help: ArgumentHelp("Write the ids there, one a line.", valueName: "file"))
    package var ids: String?

    @Flag(name: [.customShort("n"), .long], help: "Only check the lines; enqueue nothing.")
    package var dryRun = false

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses what would do nothing without `--bulk`, and values out of range.
    package func validate() throws {
        if let batch, !(1...500).contains(batch) { throw ValidationError("--batch must be between 1 and 500.") }
        if let spread, spread <= .zero { throw ValidationError("--spread must be above 0.") }
        guard !bulk else { return }
        let given: [(String, Bool)] = [
            ("--name", jobName != nil), ("--key-field", keyField != nil), ("--batch", batch != nil),
            ("--spread", spread != nil), ("--rate", rate != nil), ("--on-error", onError != nil),
            ("--ids", ids != nil), ("--dry-run", dryRun),
        ]
        if let (option, _) = given.first(where: \.1) { throw ValidationError("\(option) needs --bulk.") }
    }

    private static func policy(_ text: String) throws -> ErrorPolicy {
        guard let policy = ErrorPolicy(rawValue: text) else {
            throw ValidationError("'\(text)' is no policy; there are stop and skip")
        }
        return policy
    }
}
