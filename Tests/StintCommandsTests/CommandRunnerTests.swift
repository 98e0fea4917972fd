// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintCommands
import StintTerminal
import Testing

@Suite struct CommandRunnerTests {
    private func sample(_ words: String..., input: String = "", canAsk: Bool = false, terminal: Int? = nil) async
        -> CommandRun
    {
        await .stint(words, terminal: terminal, input: input, canAsk: canAsk, root: SampleRoot.self)
    }

    @Test(
        "A slip in a command's name is understood, at each level",
        arguments: [
            (["qeue", "ls"], "error: no command 'qeue'. Did you mean 'queue'?     (all commands: stint help)\n"),
            (
                ["queue", "lss"],
                "error: no command 'queue lss'. Did you mean 'queue ls'?     (all commands: stint queue --help)\n"
            ),
            (["frobnicate"], "error: no command 'frobnicate'\n  All commands:   stint help\n"),
            (["\u{1B}[2J"], "error: no command '\\u{1b}[2J'\n  All commands:   stint help\n"),
        ])
    func unknown(words: [String], expected: String) async {
        let run = await CommandRun.stint(words, root: SampleRoot.self)
        #expect(run.errors == expected)
        #expect(run.status == .usage)
        #expect(run.output.isEmpty)
    }

    @Test("Common options may stand before the command, and only those it has")
    func moved() async {
        let run = await sample("--redis", "redis://h:1", "--json", "queue", "ls")
        #expect(run.errors == "redis is redis://h:1\n")
        #expect(run.lines.first?.hasPrefix("{") == true)
        #expect(await sample("--namespace=x", "queues", "list").status == .ok)
        let refused = await sample("--json", "queue", "clear", "mail")
        #expect(refused.status == .usage)
        #expect(refused.errors.hasPrefix("error: unknown option '--json'"))
    }

    @Test("A flag given before a positional does not swallow it")
    func positional() async {
        #expect(await sample("queue", "clear", "--yes", "mail").errors == "✓ 3 jobs cleared\n")
    }

    @Test("The parser's guess at an option is told where it resembles what was typed")
    func guesses() async {
        #expect(await sample("queue", "ls", "--foo").errors.hasPrefix("error: unknown option '--foo'\n"))
        #expect(await CommandRun.stint(["enqueue", "x", "--foo"]).errors.hasPrefix("error: unknown option '--foo'\n"))
        let near = await CommandRun.stint(["enqueue", "x", "--quue", "y"])
        #expect(near.errors.contains("Did you mean '--queue'?"), "\(near.errors)")
    }

    @Test("Errors of the parser have the form of all errors")
    func usage() async {
        let run = await sample("queue", "clear")
        #expect(run.status == .usage)
        #expect(
            run.errors == """
                error: missing expected argument '<name>'
                  All options and examples:   stint queue clear --help

                """)
    }

    @Test("What needs a confirmation is not done without one")
    func confirmation() async {
        #expect(
            await sample("queue", "clear", "mail", input: "y\n", canAsk: true).errors
                == "Clear 3 jobs of 'mail'? [y/N] ✓ 3 jobs cleared\n")
        #expect(await sample("queue", "clear", "mail", input: "\n", canAsk: true).status == .notConfirmed)
        let pipe = await sample("queue", "clear", "mail")
        #expect(pipe.status == .notConfirmed)
        #expect(pipe.errors.contains("Do it without asking:   stint queue clear mail --yes"))
        #expect(await sample("queue", "clear", "mail", "--no-input", canAsk: true).status == .notConfirmed)
    }

    @Test("--quiet leaves data and errors, hints are for terminals")
    func quiet() async {
        #expect(await sample("queue", "clear", "mail", "-y", "-q").errors.isEmpty)
        #expect(
            await sample("queue", "clear", "mail", "-y", "--no-color", "--ascii", terminal: 80).errors
                == "ok 3 jobs cleared\n  see them: stint job ls\n")
    }

    @Test("Help goes to stdout and is no failure")
    func help() async {
        let run = await sample("queue", "clear", "--help")
        #expect(run.status == .ok)
        #expect(run.output.contains("USAGE: stint queue clear"))
        #expect(run.errors.isEmpty)
    }

    @Test("Each failure of the library has its exit code")
    func statuses() {
        let expected: [(StintError.Code, CommandStatus)] = [
            (.invalidInput, .usage), (.duplicateJob, .refusedByState), (.jobNotFound, .notFound),
            (.redisUnreachable, .unreachable), (.redisRefused, .noPermission), (.redisBusy, .tryAgain),
            (.redisUnsuitable, .invalidConfiguration), (.timedOut, .timedOut), (.internalError, .bug),
            (.jobFailed, .failed), (.outcomeUnknown, .tryAgain),
        ]
        for (code, status) in expected { #expect(CommandFailure(StintError(code, "x")).status == status) }
    }

    @Test("Broken JSON is shown with a caret under the place")
    func caret() throws {
        let bytes = Array("{\"w\":10".utf8)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONText(bytes) }
        let failure = CommandFailure.invalidJSON("payload", bytes: bytes, error: try #require(error))
        #expect(
            failure.lines(style: .plain) == [
                "error: payload is not valid JSON: unexpected end at column 8", "  {\"w\":10", "         ^",
            ])
    }
}
