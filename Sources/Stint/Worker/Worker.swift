// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import ServiceLifecycle
import StintRedis

/// Runs jobs: claims them from its queues, calls their handlers, writes how they ended.
///
/// A `Service` for a `ServiceGroup`; put the client before it. On graceful shutdown the worker drains: it claims nothing
/// more, lets running jobs end within ``WorkerOptions/drainTime``, and then hands the rest back to the front of their
/// queue with the attempt unused. When its task is cancelled it hands everything back at once.
///
/// Leases are renewed on the event loop, so a handler that blocks its thread keeps its job. A handler that ignores its
/// cancellation keeps its slot until it returns, and nothing else.
public final class Worker: Service, Sendable {
    /// A queue that a worker serves.
    public struct Queue: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The queue's name.
        public let name: String
        /// Its share of the slots relative to the other queues', 1 to 1,000, while they all have jobs.
        public let weight: Int

        /// Serves a queue with a weight.
        public init(_ name: String, weight: Int = 1) {
            self.name = name
            self.weight = weight
        }

        /// Serves a queue with weight 1.
        public init(stringLiteral name: String) { self.init(name) }
    }

    private let client: StintClient
    private let engine: WorkerEngine
    private let heartbeat: Heartbeat

    /// Creates a worker; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - client: Where the jobs come from.
    ///   - queues: The queues to serve, at least one.
    ///   - slots: How many jobs run at a time, 1 to 10,000.
    ///   - options: Everything else.
    ///   - logger: Where to log; the client's unless given.
    ///   - middleware: Wrapped around every attempt, the first one outermost.
    ///   - handlers: What runs the jobs. A job whose name no handler takes is handed back and waits, longer each time.
    /// - Throws: ``StintError`` with code `invalidInput`.
    public init(
        _ client: StintClient, queues: [Queue] = ["default"], slots: Int = 16, options: WorkerOptions = .init(),
        logger: Logger? = nil, @MiddlewareBuilder _ middleware: () -> [any JobMiddleware] = { [] },
        @HandleBuilder handlers: () -> [Handle]
    ) throws(StintError) {
        try options.check()
        guard (1...10_000).contains(slots) else {
            throw StintError(.invalidInput, "A worker has from 1 to 10,000 slots.")
        }
        guard !queues.isEmpty else { throw StintError(.invalidInput, "A worker serves at least one queue.") }
        for queue in queues {
            try EnqueueValidation.check(queue: queue.name)
            guard (1...1000).contains(queue.weight) else {
                throw StintError(.invalidInput, "The weight of queue '\(queue.name)' must be from 1 to 1,000.")
            }
        }
        guard Set(queues.map(\.name)).count == queues.count else {
            throw StintError(.invalidInput, "A worker serves each queue once.")
        }
        let table = try HandlerTable(handlers())
        self.client = client
        let logger = logger ?? client.core.logger
        let attempts = TaskAttempts(
            handlers: table, middleware: middleware(), onError: options.onError, logger: logger)
        engine = WorkerEngine(
            core: client.core, machine: Self.settings(queues, slots, options, table, client.core),
            settings: .init(
                maxCrashes: options.maxCrashes, deadAge: options.deadAge, deadCount: options.deadCount,
                onDead: options.onDead),
            attempts: attempts, logger: logger)
        heartbeat = Heartbeat(engine: engine)
    }

    private static func settings(
        _ queues: [Queue], _ slots: Int, _ options: WorkerOptions, _ table: HandlerTable, _ core: ClientCore
    ) -> WorkerSettings {
        var settings = WorkerSettings(
            queues: queues.map { .init(name: $0.name, weight: $0.weight) }, slots: slots,
            handles: { name in table[name].map { ($0.name, $0.limit) } })
        settings.isStrict = options.order == .strict
        settings.lease = options.lease
        settings.grace = options.grace
        settings.drainTime = options.drainTime
        settings.answerTime = core.commandTimeout
        settings.stopsWhenEmpty = options.stopsWhenEmpty
        settings.maxJobs = options.maxJobs
        settings.maxIdle = options.maxIdle
        settings.waitsForEachQueue = core.isCluster
        settings.cancelsWhenUnsure = options.cancelsWhenUnsure
        return settings
    }

    /// The six characters that name this worker in the registry, in leases and in logs.
    public var node: String { engine.node }

    /// The loops of this worker that have not turned for three times as long as they should; empty when all is well.
    ///
    /// A round counts when Redis has answered it, so this is what a health check should look at. Reads memory only.
    public var stuckLoops: [StuckLoop] { engine.stuckLoops() }

    /// Works until graceful shutdown, cancellation, or one of the ends that the options name.
    ///
    /// Once it is told to end and has handed back what did not end within the drain time, it waits for answers of Redis no
    /// longer than one command may take.
    ///
    /// - Throws: ``StintError`` if the first contact with Redis fails, its user lacks a right that a worker
    ///   needs, the first look at a queue is refused, or a newer release wrote a queue (code `schemaTooNew`). After that
    ///   nothing ends the worker but a shutdown: it waits for Redis to come back, however long that takes. With code
    ///   `outcomeUnknown` if at the end Redis had not answered for every job that it was recorded or handed back; the
    ///   log names these jobs.
    public func run() async throws {
        let settings = engine.machineSettings
        // After an outage all of a lease's time may be gone but the third in which it would have been renewed.
        client.core.reconnects.lower(to: settings.lease / 10)
        try await client.connect(as: .worker, queues: settings.queues.map(\.name))
        await client.core.loadNotes()
        if settings.sweepInterval > settings.briefInterval {
            engine.logger.notice(
                "This worker serves so many queues that it looks at each less often",
                metadata: ["stint.interval": "\(settings.sweepInterval)", "stint.queues": "\(settings.queues.count)"])
        }
        engine.begin()
        heartbeat.begin()
        let looking = Task { await warnOfLongerLeases() }
        defer { looking.cancel() }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await engine.waitUntilStopped()
            } onGracefulShutdown: {
                self.drain()
            }
        } onCancel: {
            self.handBack()
        }
        await heartbeat.leave()
        engine.closeLanes()
        if let failure = engine.failure { throw failure }
        if let count = engine.unrecorded, count > 0 {
            throw StintError(
                .outcomeUnknown,
                "Redis gave no answer about \(count) of the jobs that this worker ran; it has ended, and they run again."
            )
        }
    }

    /// Says of which queues the leases are longer than this worker asks for.
    private func warnOfLongerLeases() async {
        let own = engine.machineSettings.lease
        for queue in engine.machineSettings.queues.prefix(100) {
            guard !Task.isCancelled, let lease = try? await client.core.lease(queue: queue.name), lease > own
            else { continue }
            engine.logger.warning(
                "The queue's leases are longer than this worker asks for: one did so before, and only Queue.lowerLease lowers them",
                metadata: [
                    "stint.queue": "\(queue.name)", "stint.lease": "\(own)",
                    "stint.lease_of_queue": "\(lease)",
                ])
        }
    }

    /// Claims nothing more and stays up.
    public func quiet() { engine.setQuiet(true) }

    /// Claims again after ``quiet()``.
    public func resume() { engine.setQuiet(false) }

    /// Claims nothing more, lets running jobs end within the drain time, and ends.
    public func drain() { engine.drain() }

    /// Cancels what runs, hands it back to the front of its queue with the attempt unused, and ends.
    public func handBack() { engine.handBack(wait: .zero) }
}
