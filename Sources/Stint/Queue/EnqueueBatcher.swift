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
        let completion: @Sendable (Outcome) -> Void
    }

    private struct State {
        var queue: BatchQueue<Item>
        var idle: [Lane]
        var inFlight = 0
        /// Called when nothing waits and nothing is under way.
        var onQuiet: [@Sendable () -> Void] = []
    }

    private let queue: String
    private let keys: QueueKeys
    private let reactor: any Reactor
    private let limit: Duration
    private let lanes: [Lane]
    private let state: Mutex<State>

    /// Makes a batcher; nothing is sent before the first job.
    package init(core: ClientCore, queue: String, lanes count: Int, limit: Duration) {
        let keys = core.keys(queue: queue)
        self.queue = queue
        self.keys = keys
        self.limit = limit
        reactor = core.reactor
        lanes = (0..<max(1, count)).map { _ in Lane(core: core, keys: keys, policy: .producer(limit: limit)) }
        state = Mutex(State(queue: BatchQueue(lanes: lanes.count), idle: lanes))
    }

    /// Enqueues a job that came alone.
    package func submit(_ job: NewJob, completion: @escaping @Sendable (Outcome) -> Void) {
        let now = reactor.now
        state.withLock { $0.queue.add(Item(job: job, completion: completion), bytes: job.byteCount, at: now) }
        pump()
    }

    /// Enqueues jobs that came together; `completion` is called for each with its place.
    package func submit(contentsOf jobs: [NewJob], completion: @escaping @Sendable (Int, Outcome) -> Void) {
        let items = jobs.enumerated().map { index, job in
            (element: Item(job: job) { completion(index, $0) }, bytes: job.byteCount)
        }
        let now = reactor.now
        state.withLock { $0.queue.add(contentsOf: items, at: now) }
        pump()
    }

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
        let keys = keys
        var entries: [[UInt8]] = []
        for item in items { item.job.append(to: &entries) }
        lane.call { [entries] lane, number in
            Scripts.enqueue(keys, lane: lane, number: number, entries: entries)
        } completion: { [self] result in
            finish(items, on: lane, result)
        }
    }

    private func finish(_ items: [Item], on lane: Lane, _ result: Result<Lane.Reply, StintError>) {
        // Where Redis did not answer one call for the whole time limit, what waited as long has had its time as well.
        let overdue = state.withLock { state in
            state.queue.laneFreed()
            state.idle.append(lane)
            return result.isUnanswered ? state.queue.takeOverdue(since: reactor.now - limit) : []
        }
        // The next batch goes out before this one's callers are resumed.
        pump()
        switch result {
        case .success(let reply):
            let outcomes = EnqueueReply.outcomes(reply.value, jobs: items.map(\.job.id), queue: queue)
            for (item, outcome) in zip(items, outcomes) { item.completion(outcome) }
        case .failure(let error):
            for item in items { item.completion(.failure(error)) }
        }
        if !overdue.isEmpty {
            let error = StintError(.redisUnreachable, "Redis could not be reached in time; nothing was done.")
            for item in overdue { item.completion(.failure(error)) }
        }
        let quiet: [@Sendable () -> Void] = state.withLock { state in
            state.inFlight -= 1
            guard state.inFlight == 0, state.queue.isEmpty else { return [] }
            defer { state.onQuiet = [] }
            return state.onQuiet
        }
        for body in quiet { body() }
    }
}

extension Result<Lane.Reply, StintError> {
    /// Whether the call was given up because no answer came.
    fileprivate var isUnanswered: Bool {
        guard case .failure(let error) = self else { return false }
        return error.code == .redisUnreachable || error.code == .outcomeUnknown || error.code == .redisBusy
    }
}
