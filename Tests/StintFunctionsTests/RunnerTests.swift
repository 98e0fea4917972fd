// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import StintFunctions

@Suite struct RunnerTests {
    let runner = FunctionRunner()

    @Test("The payload comes on stdin and stdout is the result")
    func echo() async throws {
        let payload = (0..<256).map { UInt8($0) }
        let result = try await runner.run(try function(["cat"]), payload: payload, environment: attempt())
        #expect(result.exit == .exited(code: 0))
        #expect(result.output == payload)
        #expect(!result.isTruncated)
    }

    @Test("Exit codes and signals are told apart", arguments: [0, 1, 65, 75, 78, 79, 255])
    func exitCodes(code: Int) async throws {
        #expect(try await runner.run(shell("exit \(code)")).exit == .exited(code: code))
    }

    @Test("A function that a signal ends is not one that exits")
    func signalled() async throws {
        #expect(try await runner.run(shell("kill -9 $$")).exit == .signalled(9))
        #expect(try await runner.run(shell("kill -SEGV $$")).exit == .signalled(11))
    }

    @Test("A payload of 16 MiB that nobody reads harms nothing")
    func unreadPayload() async throws {
        let payload = [UInt8](repeating: 65, count: 16 << 20)
        let result = try await runner.run(try shell("exit 3"), payload: payload, environment: attempt())
        #expect(result.exit == .exited(code: 3))
        let closed = try await runner.run(
            try shell("exec 0<&-; sleep 0.05; echo ok"), payload: payload, environment: attempt())
        #expect(closed.text == "ok\n")
    }

    @Test("16 MiB in and out at once do not block each other")
    func largeBothWays() async throws {
        let payload = (0..<(16 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let definition = try function(["cat"]) { $0.resultBound = 32 << 20 }
        let result = try await runner.run(definition, payload: payload, environment: attempt())
        #expect(result.output == payload)
    }

    @Test("Of a flood on stdout the newest bytes are kept")
    func flood() async throws {
        let result = try await runner.run(shell("yes 0123456789 | head -c 20000000; printf END"))
        #expect(result.output.count == 256 * 1024)
        #expect(result.outputDropped == 20_000_003 - 256 * 1024)
        #expect(result.isTruncated)
        #expect(result.text.hasSuffix("0123456789\n0END") || result.text.hasSuffix("END"))
    }

    @Test("Stderr is the log, line by line, the last one without its end too")
    func log() async throws {
        let lines = Collector<String>()
        let script = "printf 'one\\ntwo\\r\\n\\nthree \\377' >&2"
        let result = try await runner.run(
            try shell(script), payload: [], environment: attempt(), onLog: { lines.add($0) })
        #expect(lines.all == ["one", "two", "", "three \u{fffd}"])
        #expect(result.lastLogLine == "three \u{fffd}")
    }

    @Test("The last line that counts is not one that is indented, as hints below an error are")
    func indented() async throws {
        for (script, wanted) in [
            ("printf 'first\\nerror: no\\n  try: this\\n\\n' >&2", "error: no"), ("printf '  a\\n  b\\n' >&2", "  a"),
        ] {
            let result = try await runner.run(
                try shell(script), payload: [], environment: attempt(), onLog: { _ in })
            #expect(result.lastLogLine == wanted)
        }
    }

    @Test("A log line is cut at 8 KiB and says so")
    func longLine() async throws {
        let lines = Collector<String>()
        _ = try await runner.run(
            try shell("head -c 10000 /dev/zero | tr '\\0' x >&2; echo >&2; echo next >&2"), payload: [],
            environment: attempt(), onLog: { lines.add($0) })
        #expect(lines.all == [String(repeating: "x", count: 8192) + "… [1808 bytes cut]", "next"])
    }

    @Test("Of a flood on stderr the newest lines pass")
    func logFlood() async throws {
        let lines = Collector<String>()
        let result = try await runner.run(
            try shell("seq 1 500000 >&2"), payload: [], environment: attempt(), onLog: { lines.add($0) })
        let all = lines.all
        #expect(all.first == "1")
        #expect(all.last == "500000")
        // At once, at the end, and 64 KiB for each ten seconds in between.
        let shares = 2 + result.duration / .seconds(10)
        #expect(Double(all.reduce(0) { $0 + $1.utf8.count + 1 }) < shares * 65_536 + 1_000)
        #expect(all.contains { $0.hasPrefix("[stint: ") && $0.hasSuffix("left out, the log came too fast]") })
    }

    @Test("Control lines on descriptor 3 are read; a bad one is a line in the log")
    func control() async throws {
        let (lines, messages) = (Collector<String>(), Collector<ControlLine>())
        let script = """
            echo '{"progress":0.4,"note":"page 3"}' >&3; echo '{"retry_after":"30s"}' >&3
            echo '{"snooze":"5m"}' >&$STINT_FD; echo 'nonsense' >&3; echo '{"progress":7}' >&3
            echo '{"progess":1}' >&3; echo '{"note":7}' >&3; echo '[1]' >&3; printf '{"progress":1}' >&3
            """
        let result = try await runner.run(
            try shell(script), payload: [], environment: attempt(), onLog: { lines.add($0) },
            onControl: { messages.add($0) })
        #expect(messages.all.map(\.progress) == [0.4, 1])
        #expect(messages.all.first?.note == "page 3")
        #expect(result.retryAfter == .seconds(30))
        #expect(result.snooze == .seconds(300))
        #expect(
            lines.all == [
                "[stint: bad control line: not valid JSON: nonsense]",
                #"[stint: bad control line: 'progress' is a number from 0 to 1: {"progress":7}]"#,
                #"[stint: bad control line: unknown key 'progess'. Did you mean 'progress'?: {"progess":1}]"#,
                #"[stint: bad control line: 'note' has the wrong type: {"note":7}]"#,
                "[stint: bad control line: not a JSON object: [1]]",
            ])
    }

    @Test("A run says how long it took and what it used")
    func usage() async throws {
        let result = try await runner.run(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"))
        #expect(result.duration > .zero)
        #expect(result.processorTime > .zero)
        #expect(result.maximumResidentBytes > 100_000)
    }
}
