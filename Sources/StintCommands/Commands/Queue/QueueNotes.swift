// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// Says in words why a queue's jobs are not run.
enum QueueNotes {
    /// The note of a row: paused by whom and why, or served by nobody.
    static func text(_ row: QueueRow, style: Style, utc: Bool) -> String {
        var notes: [String] = []
        if let pause = row.status.pause { notes.append(text(pause, at: row.status.date, style: style, utc: utc)) }
        if !row.isServed { notes.append("\(style.symbol(.failed)) no worker serves it") }
        return notes.joined(separator: "  ")
    }

    /// The note of a pause, such as `‖ paused 2h ago by li@n2: "disk full", goes on in 5m`.
    static func text(_ pause: QueueStatus.Pause, at now: Date, style: Style, utc: Bool) -> String {
        func time(_ date: Date) -> String {
            Field.date(date).text(.init(now: now.milliseconds, utc: utc, style: style))
        }
        var text = "\(style.symbol(.paused)) paused"
        if let since = pause.since { text += " " + time(since) }
        if !pause.by.isEmpty { text += " by \(pause.by)" }
        if !pause.reason.isEmpty { text += ": \"\(pause.reason)\"" }
        if let until = pause.until { text += ", goes on " + time(until) }
        return text
    }

    /// The note of a row in a pipe: plain words and whole times.
    static func plain(_ row: QueueRow) -> String {
        let notes = [row.status.pause.map(plain), row.isServed ? nil : "no worker"]
        return notes.compactMap(\.self).joined(separator: "; ")
    }

    /// The note of a pause in a pipe, such as `paused since 2026-… until 2026-… by li@n2: disk full`.
    static func plain(_ pause: QueueStatus.Pause) -> String {
        var text = "paused"
        if let since = pause.since { text += " since \(Field.date(since).plainText)" }
        if let until = pause.until { text += " until \(Field.date(until).plainText)" }
        if !pause.by.isEmpty { text += " by \(pause.by)" }
        return pause.reason.isEmpty ? text : text + ": " + pause.reason
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
