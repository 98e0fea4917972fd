// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintFunctions
import StintTerminal

/// A job as people see it: what it is, what happened to it and when, what it carries.
struct JobPicture {
    /// More of a payload is cut: `--payload` has it all.
    private static let shownBytes = 2_000

    var details: JobDetails
    var style: Style
    var width: Int?
    var utc: Bool
    /// Whether the values of passwords and the like are shown.
    var reveal: Bool

    private var job: JobSummary { details.summary }

    /// The lines, safe for a terminal and cut to its width.
    var lines: [String] {
        var lines = [heading, style.paint("timeline", .dim)]
        lines += events.map { " " + time($0.0) + "  " + cut(Sanitizer.visible($0.1), indent: 15) }
        lines += facts
        if let seal = details.seal, !seal.isOpen {
            let words = "sealed (\(seal.keyID.map { "key \($0)" } ?? "unknown form")): \(seal.problem ?? "")"
            lines.append(style.paint(TextWidth.pad("payload", to: 8), .dim) + " " + Sanitizer.visible(words))
            return lines
        }
        if details.isPayloadGone {
            lines.append(style.paint(TextWidth.pad("payload", to: 8), .dim) + " gone from Redis: it will never run")
        } else {
            lines += part("payload", details.payload)
        }
        if let result = details.result { lines += part("result", result) }
        return lines
    }

    private var heading: String {
        let state = style.paint(stateText, JobRow.color(job.state))
        let parts = [
            "job " + style.paint(Sanitizer.visible(job.id.description), .bold), Sanitizer.visible(job.name),
            Sanitizer.visible(job.queue), state,
            "attempt \(JobRow.attempts(job))",
        ]
        return parts.joined(separator: "  ")
    }

    private var stateText: String {
        let symbol: Style.Symbol? =
            switch job.state {
            case .running: .running
            case .delayed: .delayed
            case .completed: .ok
            case .dead, .cancelled: .failed
            case .ready: nil
            }
        return (symbol.map { style.symbol($0) + " " } ?? "") + job.state.rawValue
    }

    /// What happened, oldest first.
    private var events: [(Date, String)] {
        var events = [(job.enqueuedAt, "enqueued" + (job.uniqueKey.map { "  key \($0)" } ?? ""))]
        for failure in details.failures {
            let text =
                "attempt \(failure.attempt)  \(style.symbol(.failed)) \(failure.kind.rawValue) \"\(failure.text)\""
            events.append((failure.date, text))
        }
        if let request = details.cancelRequest { events.append((request.date, "cancel asked for by \(request.by)")) }
        events.append((job.date, present))
        return events
    }

    /// What it does now.
    private var present: String {
        switch job.state {
        case .delayed: return "\(style.symbol(.delayed)) due \(distance(job.date))"
        case .ready: return "ready, for \(age(job.date))"
        case .running:
            var text = "attempt \(job.attempt)  \(style.symbol(.running)) running for \(age(job.date))"
            if let node = job.node { text += " on \(node)" }
            if let expiry = details.leaseExpiresAt { text += ", lease ends \(distance(expiry))" }
            if let progress = details.progress {
                text += "  " + ProgressBar(width: 8).text(progress.fraction, style: style) + " "
                text += NumberText.percent(progress.fraction) + (progress.note.map { " \"\($0)\"" } ?? "")
            }
            return text
        case .completed:
            let ran = details.startedAt.map { " in \(length(from: $0, to: job.date))" } ?? ""
            return "\(style.symbol(.ok)) completed" + ran
        case .dead, .cancelled:
            return "\(style.symbol(.failed)) \(job.state.rawValue)" + (job.reason.map { ": \($0)" } ?? "")
        }
    }

    /// What was said about how it runs, where anything was.
    private var facts: [String] {
        var facts: [(String, String)] = []
        if !job.tags.isEmpty {
            facts.append(
                ("tags", job.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")))
        }
        facts.append(("retry", BackoffText.format(details.retry.backoff)))
        if let timeout = details.timeoutMilliseconds {
            facts.append(("timeout", TimeText.length(.milliseconds(timeout))))
        }
        if let expiry = details.expiresAt { facts.append(("expires", distance(expiry))) }
        if let seal = details.seal, seal.isOpen { facts.append(("sealed", seal.words)) }
        if job.crashes > 0 { facts.append(("crashes", "\(job.crashes)")) }
        if job.returns > 0 {
            facts.append(
                (
                    "returns",
                    "handed back \(job.returns == 1 ? "once" : "\(job.returns) times")"
                        + (job.state == .delayed ? returnCause : "")
                ))
        }
        if let drop = details.droppedAt { facts.append(("dropped", distance(drop))) }
        return facts.map {
            style.paint(TextWidth.pad($0.0, to: 8), .dim) + " " + cut(Sanitizer.visible($0.1), indent: 9)
        }
    }

    /// Why a job may be handed back and wait: its record does not say which it was.
    private var returnCause: String {
        ", attempt unused: no worker that took it runs '\(job.name)', or it asked to run later"
    }

    private func part(_ label: String, _ bytes: [UInt8]) -> [String] {
        let all = JobFacts.text(bytes, reveal: reveal)
        let shown = all.prefix(Self.shownBytes)
        var lines = shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[0] = style.paint(TextWidth.pad(label, to: 8), .dim) + " " + lines[0]
        for index in lines.indices.dropFirst() { lines[index] = "         " + lines[index] }
        if shown.endIndex < all.endIndex {
            lines.append("         \(style.ellipsis) \(NumberText.bytes(bytes.count)) in all: --\(label)")
        }
        return lines
    }

    private func cut(_ text: String, indent: Int) -> String {
        width.map { TextWidth.cut(text, to: max(8, $0 - indent), ellipsis: style.ellipsis) } ?? text
    }

    private func time(_ date: Date) -> String {
        let milliseconds = date.milliseconds
        if utc { return CalendarTime(milliseconds: milliseconds).iso8601 }
        let offset = Invocation.current.offset(at: milliseconds)
        let time = CalendarTime(milliseconds: milliseconds, offsetSeconds: offset)
        let today = CalendarTime(milliseconds: details.date.milliseconds, offsetSeconds: offset)
        return time.date == today.date ? time.preciseClock : "\(time.date) \(time.clock)"
    }

    private func distance(_ date: Date) -> String {
        TimeText.relative(.milliseconds(date.milliseconds - details.date.milliseconds))
    }

    private func age(_ date: Date) -> String { length(from: date, to: details.date) }

    private func length(from start: Date, to end: Date) -> String {
        TimeText.length(.milliseconds(max(0, end.milliseconds - start.milliseconds)))
    }
}
