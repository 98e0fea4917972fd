// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
import StintTerminal

/// Prints what a worker logs on stderr: a line of text for people, or a JSON object for collectors.
package struct WorkerLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let console: Console
    private let now: @Sendable () -> Int64
    private let hold: LogHold?

    /// Creates a handler for the console's verbosity: what happens to jobs without `-v`, only warnings with `-q`.
    ///
    /// Unless more was asked for, it tells nothing before `hold` ends.
    package init(console: Console, hold: LogHold? = nil, now: @escaping @Sendable () -> Int64) {
        self.hold = hold
        self.console = console
        self.now = now
        switch console.verbosity {
        case ..<0: logLevel = .warning
        case 0: logLevel = .info
        case 1: logLevel = .debug
        default: logLevel = .trace
        }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let time = now()
        if console.verbosity <= 0, let hold, hold.keep({ tell(event, at: time) }) { return }
        tell(event, at: time)
    }

    private func tell(_ event: LogEvent, at time: Int64) {
        let facts = metadata.merging(event.metadata ?? [:]) { _, own in own }.sorted { $0.key < $1.key }
        if console.talksJSON {
            console.log("\(event.level)", "\(event.message)", facts.map { .init($0.key, .string("\($0.value)")) })
        } else {
            console.report([text(event, facts, CalendarTime(milliseconds: time).iso8601)])
        }
    }

    private func text(_ event: LogEvent, _ facts: [(key: String, value: Logger.MetadataValue)], _ time: String)
        -> String
    {
        let style = console.errors.style
        let color: Style.Color? = event.level >= .error ? .red : event.level >= .warning ? .yellow : .dim
        let label = TextWidth.pad("\(event.level)", to: 7)
        let body = Sanitizer.visible("\(event.message)" + facts.map { " \($0.key)=\($0.value)" }.joined())
        return style.paint(time, .dim) + " " + style.paint(label, color) + " " + body
    }
}

extension Console {
    /// A logger for a worker and for its client, so that every line has its time; it tells nothing before `hold` ends.
    package func workerLogger(hold: LogHold? = nil) -> Logger {
        let now = Invocation.current.now
        return Logger(label: "stint") { _ in WorkerLogHandler(console: self, hold: hold, now: now) }
    }
}
