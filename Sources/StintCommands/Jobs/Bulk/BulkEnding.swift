// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Says how a bulk enqueue ended, and how to go on where it did not get to the end.
struct BulkEnding {
    let end: BulkPipeline.End
    let input: String
    /// Where ids were to be written.
    let ids: String?
    let dryRun: Bool

    /// Prints the last line; throws where something is left undone.
    func tell(on console: Console) throws {
        let tally = end.tally
        if let failure = tally.failures.first { throw self.failure(failure) }
        if let error = end.idsError {
            throw CommandFailure(
                tally.hasDoneSomething ? .partlyDone : .failed,
                "cannot write the ids to \(ids.map { $0 == "-" ? "stdout" : $0 } ?? ""): \(error)",
                details: ["the jobs up to line \(tally.lastLine) are queued, with or without their ids: \(summary)"],
                hints: resume(tally.lastLine + 1))
        }
        if let line = end.badLines.first, end.isStopped { throw badLine(line, console) }
        if let error = end.readError {
            let before = tally.lastLine > 0 ? " after line \(tally.lastLine)" : ""
            throw CommandFailure(
                tally.hasDoneSomething ? .partlyDone : .usage,
                "cannot read \(input == "-" ? "stdin" : input)\(before): \(error)",
                details: tally.lastLine > 0 ? ["before it: \(summary)"] : [],
                hints: tally.hasDoneSomething ? resume(tally.lastLine + 1) : [])
        }
        if end.isInterrupted {
            throw CommandFailure(
                .interrupted, "stopped by Ctrl-C after line \(tally.lastLine): \(summary)",
                hints: resume(tally.lastLine + 1))
        }
        if dryRun {
            let bad = "\(NumberText.grouped(tally.badLines)) bad line\(tally.badLines == 1 ? "" : "s")"
            console.done("nothing was queued: \(JobCount.text(end.read)) would be, \(bad)")
        } else {
            console.done(summary + ".")
        }
        if tally.badLines + tally.unconfirmed > 0 { throw CommandFailure.silent(.partlyDone) }
    }

    /// `line 7, column 12: this is not valid JSON: unexpected end`.
    static func text(_ line: BulkSlice.BadLine) -> String {
        "line \(line.number)\(line.error.column.map { ", column \($0)" } ?? ""): \(line.error.reason)"
    }

    private var summary: String {
        let rate = Double(end.tally.queued) / max(end.seconds, 0.001)
        let time =
            end.seconds < 60
            ? NumberText.fixed(end.seconds, decimals: 1) + " s" : TimeText.length(.seconds(end.seconds))
        return "\(end.tally.text) in \(time) (\(NumberText.grouped(Int(rate)))/s)"
    }

    private func badLine(_ line: BulkSlice.BadLine, _ console: Console) -> CommandFailure {
        // The line is for who typed it, not for the log of a worker.
        let isShown = !Invocation.current.isInFunction
        var details = isShown ? [Sanitizer.visible(bytes: line.start.prefix(100))] : []
        if isShown, let column = line.error.column, column <= 100 {
            let lead = TextWidth.columns(of: Sanitizer.visible(bytes: line.start.prefix(column - 1)))
            details.append(String(repeating: " ", count: lead) + "^")
        }
        if !dryRun { details.append("before it: \(summary)") }
        // What was queued before it would come twice if all lines were read again.
        var hints =
            end.tally.hasDoneSomething
            ? resume(line.number, "Leave out bad lines:", " --on-error skip")
            : [CommandFailure.Hint("Leave out bad lines:", Invocation.current.retyped() + " --on-error skip")]
        if line.number == 1, line.start.first(where: { $0 != 0x20 }) == UInt8(ascii: "[") {
            hints = [.init("One JSON array? One line each:", "jq -c '.[]' FILE | stint enqueue --bulk -")]
        } else if end.tally.hasDoneSomething {
            hints += resume(line.number, "Or mend it, and go on:")
        }
        if let hint = line.error.hint { hints.insert(hint, at: 0) }
        return CommandFailure(
            end.tally.hasDoneSomething ? .partlyDone : .usage, Self.text(line), details: details, hints: hints)
    }

    private func failure(_ failure: BulkTally.Failure) -> CommandFailure {
        let lines = failure.lines
        let which = lines.count == 1 ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound) to \(lines.upperBound)"
        let isUnknown = failure.error.code == .outcomeUnknown
        var result = CommandFailure(failure.error)
        result.summary =
            "\(which) \(isUnknown ? "may or may not be queued" : "were not queued"): \(failure.error.message)"
        result.details = [summary]
        if end.tally.failures.count > 1 {
            result.details.append("\(end.tally.failures.count) groups of lines failed in all")
        }
        if end.tally.lastLine > lines.upperBound {
            result.details.append(
                "lines after them, up to \(end.tally.lastLine), were queued: they would come twice without ids or keys")
        }
        if end.tally.hasDoneSomething { result.status = .partlyDone }
        result.hints = resume(lines.lowerBound)
        return result
    }

    private func resume(
        _ line: Int, _ purpose: String = "Go on there:", _ more: String = ""
    ) -> [CommandFailure.Hint] {
        let invocation = Invocation.current
        let command =
            input == "-"
            ? "… | tail -n +\(line) | \(invocation.retyped())"
            : "tail -n +\(line) \(Invocation.quoted(input)) | "
                + invocation.retyped(replacing: input, behind: "--bulk", by: "-")
        return [.init(purpose, command + more)]
    }
}
