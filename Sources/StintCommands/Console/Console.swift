// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal
import Synchronization

/// Where a command prints: data on stdout, talk on stderr.
///
/// Everything that commands print goes through here, so tests can call them in process and read what they said.
package final class Console: Sendable {
    /// What stdout can show now: the size of a terminal may change.
    package var output: StreamTraits { firstOutput.isTerminal ? measure?() ?? firstOutput : firstOutput }
    /// What stderr can show.
    package let errors: StreamTraits
    /// How much is told: below 0 only errors, above 0 more than usual.
    package let verbosity: Int
    /// Whether all talk is JSON lines, as the log of a worker may be.
    package let talksJSON: Bool

    private struct State {
        var writeError: TextSinkError?
        /// The width of each line of the last screen.
        var painted: [Int] = []
        var hasStatusLine = false
    }
    private let firstOutput: StreamTraits
    private let measure: (@Sendable () -> StreamTraits)?
    private let outputSink: any TextSink
    private let errorSink: any TextSink
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// Creates a console.
    ///
    /// - Parameter measure: Says what stdout can show later, where that may change.
    package init(
        output: StreamTraits, errors: StreamTraits, outputSink: any TextSink, errorSink: any TextSink,
        verbosity: Int = 0, talksJSON: Bool = false, measure: (@Sendable () -> StreamTraits)? = nil,
        now: @escaping @Sendable () -> Int64
    ) {
        firstOutput = output
        self.measure = measure
        self.errors = errors
        self.outputSink = outputSink
        self.errorSink = errorSink
        self.verbosity = verbosity
        self.talksJSON = talksJSON
        self.now = now
    }

    /// The error of the first write to stdout that failed; nothing is written after it.
    package var outputError: TextSinkError? { state.withLock { $0.writeError } }

    /// Prints one line of data on stdout.
    ///
    /// The caller has made it safe to print.
    package func data(_ line: String) {
        write(line + "\n")
    }

    /// Prints a page of text on stdout that is ready and safe, such as help, without empty lines at its end.
    package func page(_ text: String) {
        var text = text[...]
        while text.last == "\n" { text.removeLast() }
        write(text + "\n")
    }

    /// Prints bytes as they are, for `--raw` in a pipe; the caller has checked that stdout is no terminal.
    package func rawData(_ bytes: [UInt8]) {
        write(bytes)
    }

    /// Prints the bytes that a job returned: as they are into a pipe, made safe and with a line feed on a terminal.
    package func result(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if output.isTerminal { page(Sanitizer.visible(bytes: bytes, layout: .block)) } else { rawData(bytes) }
    }

    /// Prints one line of talk on stderr, unless `--quiet` was given.
    ///
    /// The text is made safe to print.
    package func talk(_ line: String) {
        guard verbosity >= 0 else { return }
        if talksJSON { return log("info", line) }
        say(Sanitizer.visible(line))
    }

    /// Prints `✓ …` on stderr, unless `--quiet` was given.
    package func done(_ line: String) {
        guard verbosity >= 0 else { return }
        if talksJSON { return log("info", line) }
        say(errors.style.painted(.ok) + " " + Sanitizer.visible(line))
    }

    /// Prints `warning: …` on stderr, unless `--quiet` was given.
    package func warn(_ line: String) {
        guard verbosity >= 0 else { return }
        if talksJSON { return log("warning", line) }
        say(errors.style.paint("warning:", .yellow) + " " + Sanitizer.visible(line))
    }

    /// Prints one JSON line with its time on stderr, also with `--quiet`.
    package func log(_ level: String, _ message: String, _ facts: [JSONValue.Member] = []) {
        let members: [JSONValue.Member] = [
            .init("time", .string(CalendarTime(milliseconds: now()).iso8601)), .init("level", .string(level)),
            .init("message", .string(String(message.drop { $0 == " " }))),
        ]
        say(JSONValue.object(members + facts).text)
    }

    /// Prints lines that are ready and safe on stderr, also with `--quiet`.
    package func report(_ lines: [String]) {
        for line in lines { say(line) }
    }

    /// Prints a hint on stderr: only for people, so only where stderr is a terminal.
    package func hint(_ line: String) {
        guard verbosity >= 0, errors.isTerminal, !talksJSON else { return }
        say("  " + errors.style.paint(Sanitizer.visible(line), .dim))
    }

    /// Prints a question on stderr and leaves the cursor behind it.
    package func ask(_ question: String) {
        endStatus()
        try? errorSink.write(Sanitizer.visible(question))
    }

    /// Shows how far something is, on one line of stderr that is painted over; nothing where it cannot be.
    package func status(_ line: String) {
        guard verbosity >= 0, errors.canRepaint, !talksJSON else { return }
        let text = TextWidth.cut(line, to: (errors.columns ?? 80) - 1, ellipsis: errors.style.ellipsis)
        state.withLock { $0.hasStatusLine = true }
        try? errorSink.write("\r\u{1B}[2K" + text)
    }

    /// Takes the status line away.
    package func endStatus() {
        let had = state.withLock { state in
            defer { state.hasStatusLine = false }
            return state.hasStatusLine
        }
        if had { try? errorSink.write("\r\u{1B}[2K") }
    }

    private func say(_ line: String) {
        endStatus()
        try? errorSink.write(line + "\n")
    }

    /// Paints a screen of data over the one painted before, for `--watch` on a terminal.
    package func repaint(_ lines: [String]) {
        let output = output
        let frame = Repaint(lines, columns: output.columns, rows: output.rows, ellipsis: output.style.ellipsis)
        let before = state.withLock { state in
            defer { state.painted = frame.widths }
            return state.painted
        }
        write(frame.text(over: before))
    }

    private func write(_ text: some StringProtocol) { write(Array(text.utf8)) }

    private func write(_ bytes: [UInt8]) {
        guard outputError == nil else { return }
        do {
            try outputSink.write(bytes)
        } catch {
            state.withLock { $0.writeError = error }
        }
    }
}
