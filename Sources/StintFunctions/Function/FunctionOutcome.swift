// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint

/// Turns how a function ended into what that means for its job.
package enum FunctionOutcome {
    /// What the end of a run means: the exit code by the function's map, a signal is a crash, a timeout a failure.
    package static func outcome(of result: FunctionResult, for definition: FunctionDefinition) -> JobOutcome {
        switch result.exit {
        case .exited(let code):
            let reason = reason("exit \(code)", result.lastLogLine)
            return switch definition.exits.meaning(of: code) {
            case .done: .completed(result: result.output.isEmpty ? nil : result.output)
            case .retry: .retry(after: result.retryAfter, reason: reason)
            case .dead: .dead(reason: reason)
            case .snooze: .snooze(result.snooze ?? definition.snooze)
            }
        case .signalled(let signal):
            let name = signalNames[signal].map { " (\($0))" } ?? ""
            return .crashed(reason: reason("killed by signal \(signal)\(name)", result.lastLogLine))
        case .timedOut:
            let time = reason("timed out after \(DurationText.format(result.duration))", result.lastLogLine)
            return .retry(after: result.retryAfter, reason: time)
        }
    }

    /// What it means that a function could not be run.
    ///
    /// A missing command is retried: a deployment that is half done is more likely than one that stays so.
    package static func outcome(of error: FunctionError) -> JobOutcome {
        error.code == .unsafeInput ? .dead(reason: error.message) : .retry(after: nil, reason: error.message)
    }

    private static let longestQuote = 300

    /// The way it ended and the last thing it said, which is mostly why.
    private static func reason(_ way: String, _ lastLine: String?) -> String {
        guard let lastLine else { return way }
        let isLong = lastLine.count > longestQuote
        return "\(way): \(lastLine.prefix(longestQuote))\(isLong ? "…" : "")"
    }

    private static let signalNames = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL",
        11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
