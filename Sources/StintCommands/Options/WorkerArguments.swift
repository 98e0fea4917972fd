// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Stint
package import StintFunctions

/// How a worker works, for `work`.
package struct WorkerArguments: ParsableArguments {
    @Option(
        name: .customLong("queue"),
        help: ArgumentHelp("Queues and weights: mail,video=3 (default: those of stint.yaml).", valueName: "a,b=3"),
        completion: LiveCompletion.queues,
        transform: QueueShare.parse)
    package var queues: [[Worker.Queue]] = []

    @Flag(help: "Serve the queues in the order given, not by weight.")
    package var strict = false

    @Option(
        help: ArgumentHelp(
            "How long a job stays this worker's when it is not heard of (default: 10s).", valueName: "time"),
        transform: DurationArgument.parse)
    package var lease: Duration?

    @Option(
        help: ArgumentHelp("How long running jobs may go on after SIGTERM (default: 30s).", valueName: "time"),
        transform: DurationArgument.parse)
    package var grace: Duration?

    @Option(
        help: ArgumentHelp(
            "Answer health checks at http://ADDRESS:PORT/healthz; without an address on this machine only.",
            valueName: "address:port"), transform: HealthAddress.parse)
    package var health: HealthAddress?

    @Flag(help: "End when the queues are empty.")
    package var drain = false

    @Flag(help: "End after one job.")
    package var once = false

    @Option(name: .customLong("max-jobs"), help: ArgumentHelp("End after so many jobs.", valueName: "number"))
    package var maxJobs: Int?

    @Option(
        name: .customLong("max-idle"), help: ArgumentHelp("End after this time without a job.", valueName: "time"),
        transform: DurationArgument.parse)
    package var maxIdle: Duration?

    /// Creates the group; the parser fills it.
    package init() {}

    /// Refuses contradictions.
    package func validate() throws {
        guard !once || maxJobs == nil else { throw ValidationError("--once and --max-jobs exclude each other.") }
        if let maxJobs, maxJobs < 1 { throw ValidationError("--max-jobs must be at least 1.") }
        if let maxIdle, maxIdle <= .zero { throw ValidationError("--max-idle must be above 0.") }
    }

    /// The options of the library's worker.
    package func workerOptions(_ configuration: Configuration) -> WorkerOptions {
        var options = WorkerOptions(configuration)
        options.order = strict ? .strict : .weighted
        if let lease { options.lease = lease }
        if let grace { options.drainTime = grace }
        options.stopsWhenEmpty = drain
        options.maxJobs = once ? 1 : maxJobs
        options.maxIdle = maxIdle
        return options
    }
}

extension WorkerOptions {
    /// What stint.yaml says of every worker.
    init(_ configuration: Configuration) {
        self.init()
        if let age = configuration.keepFailed { deadAge = age }
    }
}
