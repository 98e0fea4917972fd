// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
import StintTerminal

/// Prints what the library logs on stderr, in the words of the command line: warnings always, more with `-v`.
package struct ConsoleLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let console: Console
    private let hold: LogHold?

    /// Creates a handler that, unless more was asked for, tells nothing before `hold` ends.
    package init(console: Console, hold: LogHold? = nil) {
        self.console = console
        self.hold = hold
        switch console.verbosity {
        case ..<0: logLevel = .error
        case 0: logLevel = .warning
        case 1: logLevel = .debug
        default: logLevel = .trace
        }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        if console.verbosity <= 0, let hold, hold.keep({ tell(event) }) { return }
        tell(event)
    }

    private func tell(_ event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
            .sorted { $0.key < $1.key }
        if console.talksJSON {
            return console.log(
                "\(event.level)", "\(event.message)", all.map { .init($0.key, .string("\($0.value)")) })
        }
        let facts = all.map { " \($0.key)=\($0.value)" }.joined()
        let style = console.errors.style
        let label = style.paint("\(event.level):", event.level >= .warning ? .yellow : .dim)
        console.report([label + " " + Sanitizer.visible("\(event.message)\(facts)")])
    }
}

extension Console {
    /// A logger for the library that prints on this console.
    package var logger: Logger { logger(hold: nil) }

    /// A logger for the library that tells nothing before `hold` ends.
    package func logger(hold: LogHold?) -> Logger {
        Logger(label: "stint") { _ in ConsoleLogHandler(console: self, hold: hold) }
    }
}
