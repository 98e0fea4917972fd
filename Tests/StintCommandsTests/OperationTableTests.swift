// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintCommands
import StintTesting
import Testing

@Suite struct OperationTableTests {
    @Test(
        "Each exit code means the same for every command",
        arguments: [
            ("queue ls", CommandStatus.ok), ("queue show mail", .ok), ("queue show nowhere", .notFound),
            ("queue pause nowhere", .notFound), ("queue resume nowhere", .notFound), ("queue drain nowhere", .notFound),
            ("queue clear nowhere", .notFound), ("queue clear mail", .notConfirmed), ("queue clear mail -n", .ok),
            ("queue drain mail --timeout 1ms", .timedOut), ("queue limit mail -1", .usage),
            ("queue ls --fields x", .usage),
            ("queue ls --interval 1s", .usage), ("queue lss", .usage), ("queue pause bad\u{7}name", .notFound),
            ("job ls", .ok), ("job ls --limit 0", .usage), ("job show a1", .ok), ("job show nobody", .notFound),
            ("job show bad/id", .usage), ("job show a1 --raw", .usage), ("job show a1 --result", .notFound),
            ("job logs a1", .ok), ("job logs nobody", .notFound), ("job retry a1", .refusedByState),
            ("job promote a1", .refusedByState), ("job cancel nobody", .notFound), ("job rm nobody", .notFound),
            ("job rm nobody nothing --yes", .notFound), ("job retry a1 nobody", .partlyDone),
            ("job show @last", .notFound),
            ("dead ls", .ok), ("dead retry --all --yes", .ok), ("dead retry nobody", .notFound),
            ("dead purge a1", .refusedByState), ("dead retry --queue nowhere", .notFound), ("dead purge", .usage),
            ("job show a1 --payload --utc", .usage), ("stats --utc", .usage), ("dead ls --scan-limit 5", .usage),
            ("doctor", .ok), ("doctor --queue nowhere", .notFound), ("doctor --fix", .ok), ("doctor -n", .usage),
            ("worker ls", .ok), ("worker show nobody", .notFound), ("stats", .ok), ("stats --queue nowhere", .notFound),
        ])
    func statuses(line: String, expected: CommandStatus) async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            let run = await live.run(words: line.split(separator: " ").map(String.init))
            #expect(run.status == expected, "\(run.errors)")
            #expect((expected == .ok) == !run.errors.contains("error:"))
        }
    }

    @Test(
        "Without a Redis every command says so with 69",
        arguments: ["queue ls", "job show a1", "stats", "dead ls", "doctor"])
    func unreachable(line: String) async throws {
        let run = await CommandRun.stint(
            line.split(separator: " ").map(String.init), environment: ["STINT_REDIS_URL": "redis+unix:///nonexistent/s"]
        )
        #expect(run.status == .unreachable)
        #expect(run.errors.hasPrefix("error: "))
        #expect(run.errors.contains("Use another one:"))
    }

    @Test("Every command's help shows an example")
    func examples() async {
        var pending: [(path: [String], command: any ParsableCommand.Type)] = [([], StintCommand.self)]
        while let (path, command) = pending.popLast() {
            for child in command.configuration.subcommands where child.configuration.shouldDisplay {
                pending.append((path + [child._commandName], child))
            }
            guard !path.isEmpty else { continue }
            let run = await CommandRun.stint(path + ["--help"])
            #expect(run.status == .ok)
            let name = path.joined(separator: " ")
            #expect(run.output.contains("Example") && run.output.contains("stint \(name)"), "\(name)")
        }
    }
}
