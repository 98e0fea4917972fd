// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// Says in words why a queue's jobs are not run.
enum QueueNotes {
    /// The note of a row: paused by whom and why, or served by nobody.
    static func text(_ row: QueueRow, style: Style) -> String {
        var notes: [String] = []
        if let pause = row.status.pause { notes.append(text(pause, at: row.status.date, style: style)) }
        if !row.isServed { notes.append("\(style.symbol(.failed)) no worker serves it") }
        return notes.joined(separator: "  ")
    }

    /// The command `‖ paused 2h ago by li@n2: "disk full", until in 5m`.
    static func text(_ pause: QueueStatus.Pause, at now: Date, style: Style) -> String {
        var text = "\(style.symbol(.paused)) paused"
        if let since = pause.since {
            text += " " + TimeText.relative(.milliseconds(since.milliseconds - now.milliseconds))
        }
        if !pause.by.isEmpty { text += " by \(pause.by)" }
        if !pause.reason.isEmpty { text += ": \"\(pause.reason)\"" }
        if let until = pause.until {
            text += ", goes on " + TimeText.relative(.milliseconds(until.milliseconds - now.milliseconds))
        }
        return text
    }

    /// The same for programs.
    static func pauseJSON(_ pause: QueueStatus.Pause?) -> JSONValue {
        guard let pause else { return .null }
        return .object([
            .init("since", Field.date(pause.since).json), .init("until", Field.date(pause.until).json),
            .init("by", .string(pause.by)), .init("reason", .string(pause.reason)),
        ])
    }
}
