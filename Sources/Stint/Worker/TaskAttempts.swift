// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Logging
import StintRedis
import Synchronization

/// Runs each attempt in a task of its own: middleware around the handler, then the verdict on how it ended.
final class TaskAttempts: WorkerEngine.Attempts {
    private let handlers: HandlerTable
    private let middleware: [any JobMiddleware]
    private let onError: (@Sendable (any Error, JobContext) -> Void)?
    private let logger: Logger
    private let tasks = Mutex<[WorkerMachine.Token: Task<Void, Never>]>([:])

    init(
        handlers: HandlerTable, middleware: [any JobMiddleware],
        onError: (@Sendable (any Error, JobContext) -> Void)?, logger: Logger
    ) {
        self.handlers = handlers
        self.middleware = middleware
        self.onError = onError
        self.logger = logger
    }

    func start(_ token: WorkerMachine.Token, _ job: ClaimedJob, on engine: WorkerEngine, control: AttemptControl) {
        // Under the lock, so that a task which ends at once finds its entry to remove.
        tasks.withLock { entries in
            entries[token] = Task {
                let end = await run(token, job, on: engine, control: control)
                tasks.withLock { $0[token] = nil }
                engine.ended(token, end)
            }
        }
    }

    func cancel(_ token: WorkerMachine.Token) { tasks.withLock { $0[token] }?.cancel() }

    private func run(
        _ token: WorkerMachine.Token, _ job: ClaimedJob, on engine: WorkerEngine, control: AttemptControl
    ) async -> AttemptEnd {
        let context = makeContext(job, on: engine, control: control)
        let start = engine.core.reactor.now
        var delay: Duration?
        let result: Result<JobOutcome, any Error>
        do {
            guard let handle = handlers[job.name] else { return .handBack(delay: .seconds(2)) }
            let payload: [UInt8]
            do {
                let queue = context.queue
                payload = try engine.core.opened(job.payload, .payload, of: job.record, id: job.id, queue: queue)
            } catch {
                return refuse(error, context)
            }
            do {
                result = .success(try await wrapped(handle.body)(payload, context))
            } catch {
                delay = handle.retryDelay?(Self.visible(error), context)
                throw error
            }
        } catch {
            result = .failure(error)
        }
        let verdict = AttemptVerdict(job: job, ran: engine.core.reactor.now - start, random: engine.core.random)
        let seal = AttemptSeal(job, context, engine.core.sealer)
        if case .success(.completed(let returned)) = result {
            var bytes = returned
            if let seal, let plain = returned {
                do {
                    bytes = try seal.result(plain)
                } catch {
                    return seal.end(verdict.threw(error, delay: nil))
                }
            }
            if let bytes, bytes.count > AttemptVerdict.resultLimit {
                context.logger.warning("Result is too long and was dropped", metadata: ["bytes": "\(bytes.count)"])
            }
            return verdict.ended(.completed(result: bytes))
        }
        let end = judge(result, verdict, engine.lease(of: token).cause, delay, context)
        return seal?.end(end) ?? end
    }

    /// What ends a job whose payload this worker cannot or must not open: no other attempt would do better.
    ///
    /// The reason is not sealed: who has not the right key is to read it.
    private func refuse(_ error: StintError, _ context: JobContext) -> AttemptEnd {
        onError?(error, context)
        context.logger.warning("Refused a job's payload", metadata: ["error": "\(error)"])
        return .fail(.init(kind: .error, delay: nil, text: error.message))
    }

    /// What ends an attempt that did not succeed: the reason it was cancelled for goes before what it threw.
    private func judge(
        _ result: Result<JobOutcome, any Error>, _ verdict: AttemptVerdict, _ cause: Held.CancelCause?,
        _ delay: Duration?, _ context: JobContext
    ) -> AttemptEnd {
        if cause == .timeout { onError?(StintError(.timedOut, "The attempt timed out."), context) }
        if let end = verdict.cancelled(for: cause) { return end }
        switch result {
        case .success(let outcome):
            if let reason = outcome.failureReason {
                onError?(StintError(.jobFailed, reason), context)
                context.logger.info("Attempt failed", metadata: ["error": "\(reason.visible)"])
            }
            return verdict.ended(outcome)
        case .failure(let error):
            if (error as? JobSignal)?.isFailure ?? true { onError?(Self.visible(error), context) }
            context.logger.info("Attempt failed", metadata: ["error": "\("\(error)".visible)"])
            return verdict.threw(error, delay: delay)
        }
    }

    private static func visible(_ error: any Error) -> any Error { (error as? UndecodablePayload)?.reason ?? error }

    private func wrapped(_ body: @escaping Handle.Body) -> Handle.Body {
        var next = body
        for layer in middleware.reversed() {
            let inner = next
            next = { payload, context in try await layer.handle(payload, context: context, next: inner) }
        }
        return next
    }

    private func makeContext(_ job: ClaimedJob, on engine: WorkerEngine, control: AttemptControl) -> JobContext {
        let record = job.record
        let queue = engine.calls[job.queue].name
        var logger = logger
        logger[metadataKey: "job.id"] = "\(job.id.description.visible)"
        logger[metadataKey: "job.name"] = "\(job.name.visible)"
        logger[metadataKey: "job.attempt"] = "\(record.attempt)"
        logger[metadataKey: "stint.queue"] = "\(queue)"
        var deadline: Date?
        if record.timeoutMilliseconds > 0 {
            deadline = Date(timeIntervalSinceNow: Double(record.timeoutMilliseconds) / 1000)
        }
        return JobContext(
            id: job.id, name: job.name, queue: queue, attempt: record.attempt,
            maxAttempts: record.maxAttempts == 0 ? nil : record.maxAttempts, fence: record.fence, deadline: deadline,
            enqueuedAt: Date(timeIntervalSince1970: Double(record.enqueuedMilliseconds) / 1000), tags: record.tags,
            node: engine.node, logger: logger, traceContext: record.traceContext, control: control)
    }
}

extension JobOutcome {
    /// Why the attempt failed, if it did.
    fileprivate var failureReason: String? {
        switch self {
        case .retry(_, let reason), .dead(let reason), .crashed(let reason): reason
        case .completed, .snooze: nil
        }
    }
}

extension JobSignal {
    fileprivate var isFailure: Bool {
        if case .snooze = self { return false }
        return true
    }
}
