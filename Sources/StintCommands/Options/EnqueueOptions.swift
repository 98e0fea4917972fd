// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import FoundationEssentials
package import Stint
package import StintFunctions
import StintTerminal

/// How enqueued jobs run: what the command line says, for one job or as the default of many.
package struct EnqueueOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The queue (default: the function's in stint.yaml, else default).", valueName: "name"),
        completion: LiveCompletion.queues)
    package var queue: String?

    @Option(
        name: .customLong("in"), help: ArgumentHelp("Run it after this time: 30s, 5m, 1h30m.", valueName: "time"),
        transform: DurationArgument.parse)
    package var delay: Duration?

    @Option(
        help: ArgumentHelp("Run it then: 15:00, \"tomorrow 9:00\", 2026-11-22T15:00+08:00.", valueName: "time"),
        transform: TimeArgument.parse)
    package var at: TimeArgument?

    @Option(
        help: ArgumentHelp("urgent, high, normal or low.", valueName: "priority"), transform: PriorityArgument.parse)
    package var priority: JobPriority?

    @Option(help: ArgumentHelp("At most one job of the queue holds this key at a time.", valueName: "key"))
    package var key: String?

    @Option(
        name: .customLong("on-duplicate"),
        help: ArgumentHelp("If the key is taken: reject (exit 4), existing, replace.", valueName: "policy"),
        transform: EnqueueOptions.conflict)
    package var onDuplicate: UniqueKey.Conflict?

    @Option(
        name: .customLong("key-window"),
        help: ArgumentHelp("Keep the key, or the id, taken this long after the job's end.", valueName: "time"),
        transform: DurationArgument.parse)
    package var keyWindow: Duration?

    @Option(
        help: ArgumentHelp("Attempts in all, or unlimited.", valueName: "number"), transform: EnqueueOptions.attempts)
    package var attempts: AttemptCount?

    @Option(
        help: ArgumentHelp("Time between attempts: 'exponential(1s, 1h)', 'fixed(30s)'.", valueName: "policy"),
        transform: EnqueueOptions.backoff)
    package var backoff: RetryPolicy.Backoff?

    @Option(
        help: ArgumentHelp("How long one attempt may take.", valueName: "time"), transform: DurationArgument.parse)
    package var timeout: Duration?

    @Option(
        help: ArgumentHelp("Drop it if it was not started within this time.", valueName: "time"),
        transform: DurationArgument.parse)
    package var ttl: Duration?

    @Option(
        help: ArgumentHelp("Keep its record and result this long after its end.", valueName: "time"),
        transform: DurationArgument.parse)
    package var keep: Duration?

    @Option(
        name: .customLong("tag"), help: ArgumentHelp("A tag to find it by; may be repeated.", valueName: "name=value"),
        transform: TagArgument.parse)
    package var tags: [TagArgument] = []

    @Option(
        help: ArgumentHelp(
            "What must have it before this ends: local, replicated=2, fsynced. Exit 2 if none confirms it within 5 s.",
            valueName: "what"),
        transform: DurabilityArgument.parse)
    package var durability: Durability?

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses contradictions.
    package func validate() throws {
        guard delay == nil || at == nil else { throw ValidationError("--in and --at exclude each other.") }
    }

    /// The options without anything that the configuration says.
    package func jobOptions(_ invocation: Invocation) throws -> JobOptions {
        var options = JobOptions(
            queue: queue, priority: priority, delay: delay, timeout: timeout, expiresAfter: ttl, keep: keep,
            durability: durability)
        if let at {
            let instant = try at.milliseconds(now: invocation.now(), in: invocation.timeZone)
            options.runAt = Date(timeIntervalSince1970: Double(instant) / 1_000)
        }
        options.window = keyWindow
        if let problem = Self.expiryProblem(options, now: invocation.now()) { throw CommandFailure.usage(problem) }
        if let key { options.unique = .key(key, onConflict: onDuplicate ?? .reject) }
        if !tags.isEmpty {
            options.tags = Dictionary(tags.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        }
        return options
    }

    /// Says that a job would expire before it is due: it could never start.
    static func expiryProblem(_ options: JobOptions, now: Int64) -> String? {
        guard let ttl = options.expiresAfter else { return nil }
        let untilRun = options.runAt.map { Duration.milliseconds(Int64($0.timeIntervalSince1970 * 1_000) - now) }
        guard let wait = options.delay ?? untilRun, wait >= ttl else { return nil }
        return
            "the job could never start: it is due in \(TimeText.length(wait)) and dropped after \(TimeText.length(ttl))"
    }

    /// Reads what happens when a key is taken.
    package static func conflict(_ text: String) throws -> UniqueKey.Conflict {
        guard let conflict = UniqueKey.Conflict(rawValue: text) else {
            throw ValidationError("'\(text)' is no policy; there are reject, existing and replace")
        }
        return conflict
    }

    /// Reads a number of attempts.
    package static func attempts(_ text: String) throws -> AttemptCount {
        do {
            return try AttemptCount(text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Reads a back-off policy.
    package static func backoff(_ text: String) throws -> RetryPolicy.Backoff {
        do {
            return try BackoffText.parse(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
