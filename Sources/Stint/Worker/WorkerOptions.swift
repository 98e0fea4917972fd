// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a worker can be told beyond its queues, slots and handlers.
public struct WorkerOptions: Sendable {
    /// How the slots are shared among several queues.
    public enum Order: Sendable, Hashable {
        /// By the queues' weights.
        case weighted
        /// In the order given: a queue is asked only when those before it have nothing to claim.
        case strict
    }

    /// What is known of a job that has become dead.
    public struct DeadJob: Sendable {
        /// The job's id.
        public let id: JobID
        /// The job's name.
        public let name: String
        /// Its queue.
        public let queue: String
        /// The attempt that was its last.
        public let attempt: Int
        /// Why it is dead.
        public let reason: String
    }

    /// How the slots are shared; by weight unless given.
    public var order = Order.weighted
    /// How long a job stays this worker's when nothing is heard of it; 10 s unless given, 1 s at least.
    ///
    /// It is renewed every third of it. A crashed worker's jobs are ready again within this time and a second. The
    /// greatest lease that any worker of a queue passes holds for the whole queue.
    public var lease: Duration = .seconds(10)
    /// How long a cancelled handler may go on before its attempt is ended without it; 5 s unless given.
    public var grace: Duration = .seconds(5)
    /// How long running jobs may go on once a drain began; 30 s unless given.
    public var drainTime: Duration = .seconds(30)
    /// How many crashes of its worker a job survives less one: the last of them makes it dead; 3 unless given.
    public var maxCrashes = 3
    /// How long dead jobs are kept; 30 days unless given.
    public var deadAge: Duration = .seconds(30 * 86_400)
    /// How many dead jobs a queue keeps; 100,000 unless given.
    ///
    /// The oldest go first.
    public var deadCount = 100_000
    /// Ends the worker once its queues have nothing ready and nothing delayed.
    public var stopsWhenEmpty = false
    /// Ends the worker after it claimed this many jobs.
    public var maxJobs: Int?
    /// Ends the worker after this long without a job.
    public var maxIdle: Duration?
    /// Cancels handlers when no renewal got through for a whole lease.
    ///
    /// Otherwise they go on, and the fence keeps their finish from counting if the job has been given to another.
    public var cancelsWhenUnsure = false
    /// Called when an attempt throws, or ends in `retry`, `dead` or `crashed`, with what went wrong.
    public var onError: (@Sendable (_ error: any Error, _ context: JobContext) -> Void)?
    /// Called when this worker's attempt made a job dead, or when its sweep found that a crashed worker's was the last.
    ///
    /// Each death is told to one worker; it is not told if that worker ends before the answer of Redis has reached it.
    public var onDead: (@Sendable (_ job: DeadJob) -> Void)?

    /// The defaults.
    public init() {}

    /// Says what is wrong with the options, if something is.
    func check() throws(StintError) {
        guard lease >= .seconds(1) else { throw StintError(.invalidInput, "A lease must be at least 1 s.") }
        guard lease <= .seconds(3600) else { throw StintError(.invalidInput, "A lease must be at most 1 h.") }
        guard grace >= .zero, drainTime >= .zero else {
            throw StintError(.invalidInput, "The grace and drain times must not be negative.")
        }
        guard (1...255).contains(maxCrashes) else {
            throw StintError(.invalidInput, "The crash budget must be from 1 to 255.")
        }
        guard maxJobs ?? 1 > 0 else { throw StintError(.invalidInput, "The number of jobs must be at least 1.") }
    }
}
