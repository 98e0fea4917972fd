// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

/// The command `stint config check`.
struct ConfigCheckCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the configuration and the commands of its functions.",
        discussion: "Prints one line for each problem, with its file and line; exit code 78 if there is an error.\n\n"
            + "Example:\n  stint config check")

    private static let listing = Listing<ConfigurationProblem>(
        emptyNote: "no problems",
        [
            Column("place", "PLACE") { .text($0.place) },
            Column("line", "LINE", align: .right) { $0.line.map { .count(Int64($0)) } ?? .missing },
            Column("severity", "SEVERITY", color: { $0.severity == .error ? .red : .yellow }) {
                .text($0.severity.rawValue)
            },
            Column("message", "MESSAGE") { .text($0.message) },
        ])

    @OptionGroup var list: ListOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        let problems: [ConfigurationProblem]
        var summary = ""
        do {
            let configuration = try Configuration.load(
                environment: invocation.environment, from: invocation.directory)
            problems =
                configuration.check(FunctionRunner(parentEnvironment: invocation.environment))
                + configuration.keyProblems()
            let files = configuration.files.isEmpty ? "no file" : configuration.files.joined(separator: ", ")
            summary =
                "\(files): \(Self.count(configuration.functions.count, "function")), "
                + Self.count(configuration.queues.count, "queue")
        } catch {
            problems = error.problems
        }
        let isBroken = problems.contains { $0.severity == .error }
        if list.format(for: console.output) == .table, list.fields == nil {
            // People, and editors that jump to a place, know this form.
            for problem in problems { console.data(Sanitizer.visible(problem.description)) }
        } else {
            try await console.show(Self.listing, list) { problems }
        }
        guard !isBroken else { throw CommandFailure.silent(.invalidConfiguration) }
        console.done(summary)
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
