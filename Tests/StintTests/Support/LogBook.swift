// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// What was logged, for tests that look at it.
final class LogBook: Sendable {
    /// One message.
    struct Entry: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            book.entries.withLock {
                $0.append(Entry(level: event.level, message: "\(event.message)", metadata: all))
            }
        }
    }

    private let entries = Mutex<[Entry]>([])

    /// A logger that writes into this book.
    var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    /// The messages that begin so.
    func having(_ prefix: String) -> [Entry] { entries.withLock { $0.filter { $0.message.hasPrefix(prefix) } } }
}
