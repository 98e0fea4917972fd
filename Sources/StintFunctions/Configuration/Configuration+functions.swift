// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint

extension Configuration {
    /// The function that runs jobs of this name: an exact name goes before a prefix, the longer prefix first.
    package func function(for name: String) -> FunctionDefinition? {
        functions.filter { $0.pattern.matches(name) }.max { $1.pattern.isMoreSpecific(than: $0.pattern) }
    }

    /// What the configuration says of jobs of this name: the function's own values, then `defaults`.
    package func options(for name: String) -> JobOptions {
        let function = function(for: name)
        let backoff = function?.backoff ?? value(.backoff, BackoffText.parse) ?? RetryPolicy.standard.backoff
        let attempts = function?.attempts ?? value(.attempts, AttemptCount.init)
        return JobOptions(
            queue: function?.queue ?? self[.queue].value,
            retry: RetryPolicy(backoff: backoff, attempts: attempts.map(\.count) ?? RetryPolicy.standard.attempts),
            timeout: function?.timeout ?? value(.timeout, DurationText.parse),
            keep: function?.keep ?? value(.keepDone, DurationText.parse))
    }

    /// How long dead jobs are kept; `nil` if nobody says.
    package var keepFailed: Duration? { value(.keepFailed, DurationText.parse) }

    /// How long an embedded Redis without clients stays.
    package var linger: Duration { value(.linger, DurationText.parse) ?? .seconds(60) }

    /// The longest payload that may be enqueued.
    package var payloadBound: Int { value(.payloadMax, SizeText.parse) ?? 1 << 20 }

    /// The bytes of a function's log that may pass at once.
    package var logBound: Int { value(.keepLog, SizeText.parse) ?? 64 * 1024 }

    /// Everything that is wrong with single functions: what the files say, and commands that cannot be executed.
    package func check(_ runner: FunctionRunner) -> [ConfigurationProblem] {
        let path = files.first ?? "stint.yaml"
        let missing = functions.compactMap { function in
            runner.problem(with: function).map { problem in
                ConfigurationProblem(
                    place: function.path ?? path, line: function.line,
                    message: "function '\(function.pattern)': \(problem)", function: function.pattern.description)
            }
        }
        return (problems + missing).sorted { ($0.place, $0.line ?? 0) < ($1.place, $1.line ?? 0) }
    }

    /// Values were checked when they were read, so a failure cannot happen here.
    private func value<T>(_ key: SettingKey, _ parse: (String) throws(ParseFailure) -> T) -> T? {
        self[key].value.flatMap { try? parse($0) }
    }
}
