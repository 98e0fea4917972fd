// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintCommands
import StintTerminal
import Testing

@Suite struct ListingTests {
    private func list(_ words: String..., terminal: Int? = nil, environment: [String: String] = [:]) async -> CommandRun
    {
        await .stint(["queue", "ls"] + words, terminal: terminal, environment: environment, root: SampleRoot.self)
    }

    @Test("On a terminal a list is an aligned table for people")
    func table() async {
        let run = await list(terminal: 80, environment: ["NO_COLOR": "1"])
        #expect(
            run.lines == [
                "QUEUE                 READY  OLDEST  SINCE",
                "default             184 302  6m 02s  7s ago",
                "ma\\u{9}il\\u{1b}[2J        9       –  2h ago",
            ])
        #expect(run.status == .ok)
    }

    @Test("Into a pipe the same rows have tabs, no header, full numbers and times")
    func pipe() async {
        let expected = [
            "default\t184302\t362\t2026-11-22T06:20:00.000Z",
            "ma\\u{9}il\\u{1b}[2J\t9\t\t2026-11-22T04:20:07.000Z",
        ]
        #expect(await list().lines == expected)
        #expect(await list("--plain", terminal: 80).lines == expected)
    }

    @Test("Colours that are forced go into a pipe too, but not with --plain and not into JSON")
    func colours() async {
        let forced = ["CLICOLOR_FORCE": "1"]
        let lines = await list(environment: forced).lines
        #expect(lines.first == "default\t\u{1B}[33m184302\u{1B}[0m\t362\t2026-11-22T06:20:00.000Z")
        #expect(await list(environment: ["NO_COLOR": "1", "FORCE_COLOR": "1"]).lines == list().lines)
        #expect(await list("--plain", environment: forced).lines == list().lines)
        #expect(await list("--plain", terminal: 80).lines == list().lines)
        #expect(await list("--json", environment: forced).lines == list("--json").lines)
    }

    @Test("JSON has all columns, one object a line")
    func json() async {
        #expect(
            await list("--json", terminal: 20).lines == [
                #"{"queue":"default","ready":184302,"oldest_s":362,"since":"2026-11-22T06:20:00.000Z","node":"n1"}"#,
                #"{"queue":"ma\til\u001b[2J","ready":9,"oldest_s":null,"since":"2026-11-22T04:20:07.000Z","node":"n1"}"#,
            ])
    }

    @Test("Fields are picked in every form, in the order asked for")
    func fields() async {
        #expect(await list("--fields", "node, ready").lines == ["n1\t184302", "n1\t9"])
        #expect(await list("--fields", "node,ready", "--json").lines.first == #"{"node":"n1","ready":184302}"#)
        #expect(await list("--fields", "node,ready", "--no-color", terminal: 80).lines.first == "NODE    READY")
    }

    @Test("A wrong field names the right ones")
    func wrongField() async {
        let run = await list("--fields", "redy")
        #expect(run.status == .usage)
        #expect(
            run.errors == """
                error: no field 'redy' here. Did you mean 'ready'?
                  The fields are:   queue,ready,oldest_s,since,node

                """)
        #expect(run.output.isEmpty)
    }

    @Test("With --utc a table has full times")
    func utc() async {
        #expect(
            await list("--utc", "--fields", "since", "--no-color", terminal: 80).lines[1] == "2026-11-22T06:20:00.000Z")
    }

    @Test("A forced width draws a table into a pipe")
    func forced() async {
        let run = await list(environment: ["STINT_FORCE_TTY": "30", "NO_COLOR": "1"])
        #expect(run.lines.count == 3)
        #expect(run.lines.allSatisfy { TextWidth.columns(of: $0) <= 30 })
    }

    @Test("--watch repaints in place on a terminal and ends with its reader")
    func watchTerminal() async {
        let sink = MemorySink(closesAfter: 2)
        let run = await CommandRun.stint(
            ["queue", "ls", "--watch", "--no-color"], terminal: 80, sink: sink, root: SampleRoot.self)
        #expect(run.status == .ok)
        let prints = run.output.components(separatedBy: "\r\u{1B}[3A")
        #expect(prints.count == 2)
        #expect(prints[0] == prints[1])
        #expect(prints[0].hasPrefix("QUEUE  "))
    }

    @Test("--watch appends JSON lines into a pipe")
    func watchPipe() async {
        let run = await CommandRun.stint(
            ["queue", "ls", "-w"], sink: MemorySink(closesAfter: 5), root: SampleRoot.self)
        #expect(run.lines.count == 5)
        #expect(run.lines.allSatisfy { $0.hasPrefix("{\"queue\"") })
    }

    @Test("An interval without --watch is refused")
    func interval() async {
        let run = await list("--interval", "1s")
        #expect(run.status == .usage)
        #expect(run.errors.contains("--interval needs --watch"))
    }
}
