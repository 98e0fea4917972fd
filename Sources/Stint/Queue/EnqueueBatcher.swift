// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization

/// Puts jobs of one queue into Redis, many with one call: while the calls of all lanes are under way, what arrives
/// gathers, and leaves with the next.
///
/// There is no timer: at low load a job travels alone and at once.
package final class EnqueueBatcher: Sendable {
    /// What Redis made of one job.
    package typealias Outcome = Result<EnqueueReceipt, StintError>

    private struct Item: Sendable {
        let job: NewJob
        let durability: Durability
        let receiver: Receiver

        func complete(_ outcome: Outcome) {
            switch receiver {
            case .caller(let body): body(outcome)
            case .callerOfMany(let place, let body): body(place, outcome)
            }
        }
    }

    /// Who is told of a job's outcome.
    private enum Receiver: Sendable {
        case caller(@Sendable (Outcome) -> Void)
        case callerOfMany(Int, @Sendable (Int, Outcome) -> Void)
    }

    private struct State {
        var queue: BatchQueue<Item>
        var idle: [Lane]
        var inFlight = 0
        /// Called when nothing waits and nothing is under way.
        var onQuiet: [@Sendable () -> Void] = []
    }

    private let queue: String
    private let core: ClientCore
    private let limit: Duration
    private let lanes: [Lane]
    private let state: Mutex<State>

    /// Makes a batcher; nothing is sent before the first job.
    package init(core: ClientCore, queue: String, lanes count: Int, limit: Duration) {
        let keys = core.keys(queue: queue)
        self.queue = queue
        self.limit = limit
        self.core = core
        lanes = (0..<max(1, count)).map { _ in Lane(core: core, keys: keys, policy: .producer(limit: limit)) }
        state = Mutex(State(queue: BatchQueue(lanes: lanes.count), idle: lanes))
    }

    /// Enqueues a job that came alone.
    package func submit(
        _ job: NewJob, _ durability: Durability = .local, completion: @escaping @Sendable (Outcome) -> Void
    ) {
        let now = core.reactor.now
        let item = Item(job: job, durability: durability, receiver: .caller(completion))
        state.withLock { $0.queue.add(item, bytes: job.byteCount, at: now) }
        pump()
    }

    /// Enqueues jobs that came together; `completion` is called for each with its place.
    package func submit(
        contentsOf jobs: [(job: NewJob, durability: Durability)],
        completion: @escaping @Sendable (Int, Outcome) -> Void
    ) {
        let items = jobs.enumerated().map { place, entry in
            (
                element: Item(
                    job: entry.job, durability: entry.durability, receiver: .callerOfMany(place, completion)),
                bytes: entry.job.byteCount
            )
        }
        let now = core.reactor.now
        state.withLock { $0.queue.add(contentsOf: items, at: now) }
        pump()
    }

    /// A caller begins to submit its jobs in parts, which ``flush()`` is to wait for; it must tell the end by `endParts`.
    func beginParts() { state.withLock { $0.inFlight += 1 } }

    /// The last part was submitted.
    func endParts() { hasEnded() }

    /// Waits until everything that was submitted has its outcome.
    func flush() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isQuiet = state.withLock { state in
                if state.inFlight == 0 && state.queue.isEmpty { return true }
                state.onQuiet.append { continuation.resume() }
                return false
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// Ends what is under way and refuses everything else.
    package func close() {
        for lane in lanes { lane.close() }
    }

    private func pump() {
        while let (items, lane) = next() { send(items, on: lane) }
    }

    private func next() -> ([Item], Lane)? {
        state.withLock { state in
            guard !state.idle.isEmpty, let items = state.queue.next() else { return nil }
            state.inFlight += 1
            return (items, state.idle.removeLast())
        }
    }

    private func send(_ items: [Item], on lane: Lane) {
        lane.enqueue(NewJob.arguments(of: items.lazy.map(\.job))) { [self] result in finish(items, on: lane, result) }
    }

    private func finish(_ items: [Item], on lane: Lane, _ result: Result<Lane.Reply, StintError>) {
        // Where Redis did not answer one call for the whole time limit, what waited as long has had its time as well.
        let overdue = state.withLock { state in
            state.queue.laneFreed()
            state.idle.append(lane)
            return result.isUnanswered ? state.queue.takeOverdue(since: core.reactor.now - limit) : []
        }
        // The next batch goes out before this one's callers are resumed.
        pump()
        switch result {
        case .success(let reply):
            let outcomes = EnqueueReply.outcomes(reply.value, jobs: items.map(\.job.id), queue: queue)
            deliver(zip(items, outcomes), reply)
        case .failure(let error):
            for item in items { item.complete(.failure(error)) }
        }
        if !overdue.isEmpty {
            let error = StintError(.redisUnreachable, "Redis could not be reached in time; nothing was done.")
            for item in overdue { item.complete(.failure(error)) }
        }
        hasEnded()
    }

    /// Hands the outcomes over, those that are to be confirmed once they are.
    private func deliver(_ outcomes: Zip2Sequence<[Item], [Outcome]>, _ reply: Lane.Reply) {
        var waiting: [Durability: [(Item, EnqueueReceipt)]] = [:]
        for (item, outcome) in outcomes {
            if item.durability != .local, case .success(let receipt) = outcome, receipt.isHeld {
                waiting[item.durability, default: []].append((item, receipt))
            } else {
                item.complete(outcome)
            }
        }
        for (durability, items) in waiting {
            state.withLock { $0.inFlight += 1 }
            Confirming(core: core, reply: reply, durability: durability) { [self] result in
                for (item, receipt) in items { item.complete(result.map { receipt.confirmed($0) }) }
                hasEnded()
            }.run()
        }
    }

    /// A call or a confirmation has ended.
    private func hasEnded() {
        let quiet: [@Sendable () -> Void] = state.withLock { state in
            state.inFlight -= 1
            guard state.inFlight == 0, state.queue.isEmpty else { return [] }
            defer { state.onQuiet = [] }
            return state.onQuiet
        }
        for body in quiet { body() }
    }
}

extension EnqueueReceipt {
    /// Whether a job answers for the request, so that there is something to be confirmed.
    fileprivate var isHeld: Bool { outcome != .rejected && outcome != .queueFull }

    fileprivate func confirmed(_ confirmation: Confirmation) -> Self {
        var receipt = self
        receipt.confirmation = confirmation
        return receipt
    }
}

extension Result<Lane.Reply, StintError> {
    /// Whether the call was given up because no answer came.
    fileprivate var isUnanswered: Bool {
        guard case .failure(let error) = self else { return false }
        return error.code == .redisUnreachable || error.code == .outcomeUnknown || error.code == .redisBusy
    }
}
