// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Logging
import StintRedis
import Synchronization

/// Runs attempts in tasks: middleware around the handler, then the verdict on how it ended.
///
/// An attempt has its task for itself while it runs, and attempts that end at once share one, after each other: see
/// ``AttemptLine``.
final class TaskAttempts: WorkerEngine.Attempts {
    private let handlers: HandlerTable
    private let middleware: [any JobMiddleware]
    private let onError: (@Sendable (any Error, JobContext) -> Void)?
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var line = AttemptLine<AttemptControl>()
        /// The task of each seat.
        var tasks: [Task<Void, Never>?] = []
    }

    init(
        handlers: HandlerTable, middleware: [any JobMiddleware],
        onError: (@Sendable (any Error, JobContext) -> Void)?, logger: Logger
    ) {
        self.handlers = handlers
        self.middleware = middleware
        self.onError = onError
        self.logger = logger
    }

    func start(_ attempts: [AttemptControl], on engine: WorkerEngine) {
        state.withLock { state in
            state.line.add(attempts.lazy.map { ($0.token, $0) })
            call(&state)
        }
    }

    /// Calls a task if attempts wait and none is on its way.
    private func call(_ state: inout State) {
        guard let seat = state.line.call() else { return }
        if seat == state.tasks.count { state.tasks.append(nil) }
        // Under the lock, so that whoever cancels what the task runs finds the task.
        state.tasks[seat] = Task { await work(in: seat) }
    }

    /// Runs attempts until none waits.
    private func work(in seat: AttemptLine<AttemptControl>.Seat) async {
        guard var turn = next(in: seat, hasJustCome: true) else { return }
        let engine = turn.attempt.engine
        // Those who went on to their next attempt have left it to this task to tell of what they ended.
        engine.announceEnds()
        var now = engine.core.reactor.now
        var gathering = EndGathering(now: now)
        while true {
            let end = await run(turn.attempt, since: now)
            let following = next(in: seat, hasJustCome: false)
            now = engine.core.reactor.now
            // While others wait, a task is on its way that tells of it: this one may be busy with its next attempt then.
            let gathers = gathering.gathers(isFollowed: following?.isFollowed ?? false, now: now)
            engine.ended(turn.attempt, end, gathers: gathers)
            guard let following else { return }
            turn = following
        }
    }

    private func next(
        in seat: AttemptLine<AttemptControl>.Seat, hasJustCome: Bool
    ) -> AttemptLine<AttemptControl>.Turn? {
        state.withLock { state in
            if hasJustCome { state.line.arrived() }
            // In the lock, as others cancel in it: what comes after is meant for the next attempt.
            let turn = state.line.next(in: seat, isCancelled: Task.isCancelled)
            if turn?.isCancelled == true { state.tasks[seat]?.cancel() }
            if turn == nil { state.tasks[seat] = nil }
            call(&state)
            return turn
        }
    }

    func cancel(_ token: WorkerMachine.Token) {
        state.withLock { state in
            if let seat = state.line.cancel(token) { state.tasks[seat]?.cancel() }
        }
    }

    private func run(_ attempt: AttemptControl, since start: Duration) async -> AttemptEnd {
        let (job, engine) = (attempt.job, attempt.engine)
        let context = makeContext(attempt)
        var delay: Duration?
        let result: Result<JobOutcome, any Error>
        do {
            guard let handle = handlers[job.name] else { return .handBack(delay: .seconds(2)) }
            let payload: [UInt8]
            do {
                payload = try engine.core.opened(job, queue: context.queue)
            } catch {
                return refuse(error, context)
            }
            do {
                let body = middleware.isEmpty ? handle.body : wrapped(handle.body)
                result = .success(try await body(payload, context))
            } catch {
                delay = handle.retryDelay?(Self.visible(error), context)
                throw error
            }
        } catch {
            result = .failure(error)
        }
        if case .success(.completed(nil)) = result { return .finish(result: []) }
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
        let end = judge(result, verdict, engine.lease(of: attempt.token).cause, delay, context)
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

    private func makeContext(_ attempt: AttemptControl) -> JobContext {
        let (job, engine) = (attempt.job, attempt.engine)
        var deadline: Date?
        if job.record.timeoutMilliseconds > 0 {
            deadline = Date(timeIntervalSinceNow: Double(job.record.timeoutMilliseconds) / 1000)
        }
        return JobContext(
            job, queue: engine.calls[job.queue].name, deadline: deadline, node: engine.node, logger: logger,
            control: attempt)
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
