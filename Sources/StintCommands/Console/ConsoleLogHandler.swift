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

    /// Creates a handler.
    package init(console: Console) {
        self.console = console
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
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let facts = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let style = console.errors.style
        let label = style.paint("\(event.level):", event.level >= .warning ? .yellow : .dim)
        console.report([label + " " + Sanitizer.visible("\(event.message)\(facts)")])
    }
}

extension Console {
    /// A logger for the library that prints on this console.
    package var logger: Logger {
        Logger(label: "stint") { _ in ConsoleLogHandler(console: self) }
    }
}
