// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintCommands
import StintTerminal
import Synchronization
import Testing

/// A terminal as far as `--watch` needs one: it breaks long lines, and breaks them anew when it gets another width.
private final class Screen: TextSink {
    private struct State {
        /// Lines as they were written, without the breaks that the width makes.
        var lines: [String] = [""]
        /// The line that the cursor stands on.
        var row = 0
        var columns: Int
    }
    private let state: Mutex<State>

    init(columns: Int) { state = Mutex(State(columns: columns)) }

    var columns: Int {
        get { state.withLock { $0.columns } }
        set { state.withLock { $0.columns = newValue } }
    }

    var lines: [String] { state.withLock { Array($0.lines.dropLast()) } }

    func write(_ bytes: [UInt8]) throws(TextSinkError) {
        state.withLock { state in
            var text = Substring(String(decoding: bytes, as: UTF8.self))
            while let character = text.popFirst() {
                switch character {
                case "\r": break
                case "\n":
                    state.row += 1
                    if state.row == state.lines.count { state.lines.append("") }
                case "\u{1B}":
                    text.removeFirst()
                    let number = Int(text.prefix(while: \.isNumber)) ?? 0
                    text = text.drop(while: \.isNumber)
                    control(text.removeFirst(), number, &state)
                default:
                    state.lines[state.row].append(character)
                }
            }
        }
    }

    private func control(_ letter: Character, _ number: Int, _ state: inout State) {
        switch letter {
        case "A":
            var rows = number
            while rows > 0 {
                guard state.row > 0 else {
                    Issue.record("the cursor leaves the screen's top")
                    return
                }
                state.row -= 1
                rows -= max(1, (state.lines[state.row].count - 1) / state.columns + 1)
            }
            #expect(rows == 0, "the cursor stops inside a line")
            // Written over from here on.
            state.lines[state.row...] = [""][...]
        case "J": state.lines = Array(state.lines.prefix(state.row + 1))
        default: break
        }
    }
}

@Suite struct RepaintTests {
    private func console(_ screen: Screen) -> Console {
        Console(
            output: StreamTraits(device: .init(isTerminal: true, columns: screen.columns), environment: [:]),
            errors: StreamTraits(device: .init(isTerminal: false), environment: [:]), outputSink: screen,
            errorSink: MemorySink(),
            measure: { StreamTraits(device: .init(isTerminal: true, columns: screen.columns), environment: [:]) },
            now: { 0 })
    }

    @Test("Lines wider than the terminal, exactly as wide, empty and painted ones are painted over whole")
    func wrapped() {
        let screen = Screen(columns: 10)
        let console = console(screen)
        let page = ["header that takes three rows", "0123456789", "", "12345678901", "end"]
        for _ in 0..<3 { console.repaint(page) }
        #expect(screen.lines == page)
        console.repaint(["less"])
        #expect(screen.lines == ["less"])
    }

    @Test("A terminal that becomes narrower or wider keeps one picture")
    func resized() {
        let screen = Screen(columns: 60)
        let console = console(screen)
        for columns in [60, 40, 13, 60] {
            screen.columns = columns
            #expect(console.output.columns == columns)
            let table = Table(
                columns: [.init("QUEUE", isFlexible: true), .init("READY")],
                rows: (0..<3).map { [.init("a name that needs more than forty columns \($0)"), .init("\($0)")] })
            let lines = table.lines(width: console.output.columns, style: .plain)
            console.repaint(lines)
            #expect(screen.lines == lines, "at \(columns) columns")
        }
    }

    @Test("Colours take no columns")
    func painted() {
        #expect(TextWidth.columns(ofPainted: "\u{1B}[31mred\u{1B}[0m and \u{1B}[2mdim\u{1B}[0m") == 11)
        #expect(TextWidth.columns(ofPainted: "plain") == 5)
    }

    @Test("Behind a full row nothing is erased: it would be the row's last character")
    func fullRow() {
        let sink = MemorySink()
        let console = Console(
            output: StreamTraits(device: .init(isTerminal: true, columns: 4, rows: 4), environment: [:]),
            errors: StreamTraits(device: .init(isTerminal: false), environment: [:]), outputSink: sink,
            errorSink: MemorySink(), now: { 0 })
        console.repaint(["1234", "12"])
        #expect(sink.text == "1234\n12\u{1B}[K\n\u{1B}[J")
    }

    @Test("Of a page with more rows than the terminal the end is left out, wrapped lines counted")
    func tooHigh() {
        let sink = MemorySink()
        let console = Console(
            output: StreamTraits(device: .init(isTerminal: true, columns: 20, rows: 5), environment: [:]),
            errors: StreamTraits(device: .init(isTerminal: false), environment: [:]), outputSink: sink,
            errorSink: MemorySink(), now: { 0 })
        console.repaint([String(repeating: "x", count: 41), "b", "c"])
        #expect(sink.text.hasSuffix("x\u{1B}[K\n… 2 more lines\u{1B}[K\n\u{1B}[J"))
    }
}
