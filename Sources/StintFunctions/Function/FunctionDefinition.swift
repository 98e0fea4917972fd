// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint

/// A job handler that is a command in any language.
package struct FunctionDefinition: Sendable, Hashable {
    /// What is executed.
    package enum Command: Sendable, Hashable {
        /// A program and its arguments; no shell sees them. In a function whose name is a pattern an argument that is
        /// `{name}` is replaced by the job's name.
        case arguments([String])
        /// A script for `/bin/sh`. Nothing is put into it: it reads the job's name from `$STINT_JOB_NAME`.
        case shell(String)
    }

    /// The job names that it runs.
    package var pattern: NamePattern
    /// What is executed.
    package var command: Command
    /// Where it runs, and where relative paths start: the folder of stint.yaml unless given.
    package var directory: String
    /// The queue that `enqueue` puts its jobs in, if not the default one.
    package var queue: String?
    /// How often its jobs are tried, if not as often as by default.
    package var attempts: AttemptCount?
    /// How long they wait between attempts, if not as by default.
    package var backoff: RetryPolicy.Backoff?
    /// How long one run may take.
    package var timeout: Duration?
    /// How long a run has to end after SIGTERM.
    package var gracePeriod: Duration
    /// How long an ended job is kept.
    package var keep: Duration?
    /// The most runs at a time in one worker.
    package var slots: Int?
    /// What one run may use.
    package var limits: ResourceLimits
    /// Variables that are set for it.
    package var environment: [String: String]
    /// Names of further variables of the worker that it may see; a last `*` stands for anything.
    package var passedEnvironment: [String]
    /// What its exit codes mean.
    package var exits: ExitMap
    /// How long a job waits after exit code 79 when no control line says how long.
    package var snooze: Duration
    /// The bytes of standard output that are kept as the result, the newest.
    package var resultBound: Int
    /// The bytes of standard error that may pass at once, if not as many as by default; see ``LogGate``.
    package var logBound: Int?
    /// The file that it stands in, and its line.
    package var path: String?
    package var line: Int?

    /// Creates a definition with the documented defaults.
    package init(
        _ pattern: NamePattern, _ command: Command, directory: String, queue: String? = nil,
        attempts: AttemptCount? = nil, backoff: RetryPolicy.Backoff? = nil, timeout: Duration? = nil,
        gracePeriod: Duration = .seconds(5),
        keep: Duration? = nil, slots: Int? = nil, limits: ResourceLimits = .init(),
        environment: [String: String] = [:], passedEnvironment: [String] = [], exits: ExitMap = .standard,
        snooze: Duration = .seconds(60), resultBound: Int = 256 * 1024, logBound: Int? = nil, path: String? = nil,
        line: Int? = nil
    ) {
        self.pattern = pattern
        self.command = command
        self.directory = directory
        self.queue = queue
        self.attempts = attempts
        self.backoff = backoff
        self.timeout = timeout
        self.gracePeriod = gracePeriod
        self.keep = keep
        self.slots = slots
        self.limits = limits
        self.environment = environment
        self.passedEnvironment = passedEnvironment
        self.exits = exits
        self.snooze = snooze
        self.resultBound = resultBound
        self.logBound = logBound
        self.path = path
        self.line = line
    }

    /// The arguments for a job of this name, the program first.
    func arguments(for name: String) throws(FunctionError) -> [String] {
        switch command {
        case .shell(let script):
            return ["/bin/sh", "-c", script]
        case .arguments(let arguments):
            guard pattern.isPrefix, arguments.contains("{name}") else { return arguments }
            // Every program reads "-rf" as an option, whatever the caller meant.
            guard !name.hasPrefix("-") else {
                throw FunctionError(.unsafeInput, "a job name that begins with '-' cannot be an argument")
            }
            return arguments.map { $0 == "{name}" ? name : $0 }
        }
    }
}
