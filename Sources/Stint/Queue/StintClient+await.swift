// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Logging

extension StintClient {
    /// Waits until a job has ended and returns how.
    ///
    /// From the first look on, the job's record is kept for at least a minute after its end. A job that ended before
    /// and was not kept cannot be told from one that never was: enqueue with ``JobOptions/isAwaited`` where the end
    /// may come first. A task that is cancelled stops waiting; the job goes on. Once the wait has begun it outlasts a Redis
    /// that is away for a time.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - queue: Its queue; found from the id if left out, which costs a look at the list of queues.
    ///   - timeout: How long to wait; for ever if left out.
    /// - Throws: ``StintError``: `timedOut`, or `jobNotFound`; `unknownKey` or `notAuthentic` where there is a result that
    ///   this client cannot open, or must not take for one as it is not sealed.
    public func outcome(
        of id: JobID, queue: String? = nil, timeout: Duration? = nil
    ) async throws(StintError) -> JobResult {
        try await connect(limit: settings.enqueueTimeout)
        try await authorize([.producer, .operator])
        let queue = try await queueOrLookUp(queue, of: id)
        try await authorize([.producer, .operator], queues: [queue])
        let ticket = ended.join(id, queue: queue, timeout: timeout)
        defer { ended.leave(ticket) }
        for await _ in ticket.looks {
            do {
                if let result = try await core.awaitEnd(of: id, queue: queue) { return result }
            } catch  where error.isPassing {
                core.logger.debug("Cannot look at an awaited job at present", metadata: ["error": "\(error)"])
            }
        }
        try checkOpen()
        if Task.isCancelled { throw StintError(.closed, "The waiting task was cancelled.") }
        throw StintError(.timedOut, "Job \(id) has not ended in the time given.")
    }

    /// Waits until a job has completed and returns how; see ``outcome(of:queue:timeout:)``.
    ///
    /// - Throws: ``StintError``: `jobFailed` with the reason if the job is dead, `jobCancelled` if it was cancelled or
    ///   expired, `timedOut`, or `jobNotFound`.
    public func result(
        of id: JobID, queue: String? = nil, timeout: Duration? = nil
    ) async throws(StintError) -> JobResult {
        let result = try await outcome(of: id, queue: queue, timeout: timeout)
        switch result.state {
        case .dead: throw StintError(.jobFailed, "Job \(id) is dead: \(result.reason ?? "no reason given").")
        case .cancelled:
            throw StintError(.jobCancelled, "Job \(id) was cancelled: \(result.reason ?? "no reason given").")
        case .completed, .delayed, .ready, .running: return result
        }
    }

    /// Waits until a job has completed and decodes what its handler returned, from JSON; see
    /// ``result(of:queue:timeout:)``.
    ///
    /// - Throws: ``StintError`` with code `undecodable` if there is no result or it has another shape.
    public func result<Value: Decodable & Sendable>(
        of id: JobID, as type: Value.Type, queue: String? = nil, timeout: Duration? = nil
    ) async throws(StintError) -> Value {
        let result = try await result(of: id, queue: queue, timeout: timeout)
        guard let bytes = result.bytes else {
            throw StintError(.undecodable, "Job \(id) completed without a result.")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw StintError(
                .undecodable,
                "The result of job \(id) cannot be decoded as \(Value.self): \(DecodingError.summary(of: error))",
                underlying: error)
        }
    }

    /// Returns the queue, or finds the one that holds the job.
    func queueOrLookUp(_ queue: String?, of id: JobID) async throws(StintError) -> String {
        if let queue {
            try EnqueueValidation.check(queue: queue)
            return queue
        }
        guard let found = try await core.queue(holding: id) else { throw .jobNotFound(id) }
        return found
    }
}

extension StintError {
    /// Whether looking again later may help.
    fileprivate var isPassing: Bool { code == .redisUnreachable || code == .outcomeUnknown || code == .redisBusy }

    static func jobNotFound(_ id: JobID) -> Self {
        .init(.jobNotFound, "There is no job \(id), or it ended and was not kept.")
    }
}
