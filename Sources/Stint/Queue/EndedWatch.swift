// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization

/// Tells waiting tasks when to look at their job again: its end was published, the channel was (re)joined, or nothing
/// was heard for 5 s.
///
/// A channel is listened to only while somebody waits for a job of its queue.
final class EndedWatch: Sendable {
    /// A task's place; leaving it is up to the task.
    struct Ticket: Sendable {
        let queue: String
        let number: Int
        /// Yields whenever the job is to be looked at; ends at the time limit or when the client is closed.
        let looks: AsyncStream<Void>
    }

    private struct Waiter {
        let id: [UInt8]
        let looks: AsyncStream<Void>.Continuation
    }

    private struct Channel {
        var waiters: [Int: Waiter] = [:]
        var unsubscribe: ClientCore.Unsubscribe?
        var timer: ReactorTimer?
    }

    private struct State {
        var channels: [String: Channel] = [:]
        var nextNumber = 0
        var isClosed = false
    }

    private let core: ClientCore
    private let interval: Duration
    private let state = Mutex(State())

    /// Creates a watch.
    ///
    /// - Parameter interval: How often a job is looked at when nothing is heard.
    init(core: ClientCore, interval: Duration = .seconds(5)) {
        self.core = core
        self.interval = interval
    }

    /// Begins to wait for a job's end; the first look is due at once.
    func join(_ id: JobID, queue: String, timeout: Duration?) -> Ticket {
        let (looks, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (number, isFirst, isClosed) = state.withLock { state in
            if state.isClosed { return (0, false, true) }
            state.nextNumber += 1
            let isFirst = state.channels[queue] == nil
            state.channels[queue, default: Channel()].waiters[state.nextNumber] =
                Waiter(id: Array(id.description.utf8), looks: continuation)
            return (state.nextNumber, isFirst, false)
        }
        if isClosed {
            continuation.finish()
        } else {
            continuation.yield()
            if isFirst { listen(queue) }
            if let timeout {
                let timer = core.reactor.schedule(after: timeout) { continuation.finish() }
                continuation.onTermination = { _ in timer.cancel() }
            }
        }
        return Ticket(queue: queue, number: number, looks: looks)
    }

    /// Gives a place up; the last to leave a queue ends the listening.
    func leave(_ ticket: Ticket) {
        let channel: Channel? = state.withLock { state in
            state.channels[ticket.queue]?.waiters[ticket.number] = nil
            guard state.channels[ticket.queue]?.waiters.isEmpty == true else { return nil }
            return state.channels.removeValue(forKey: ticket.queue)
        }
        channel?.timer?.cancel()
        channel?.unsubscribe?()
    }

    /// Ends all waiting.
    func close() {
        let channels = state.withLock { state in
            defer { state.channels = [:] }
            state.isClosed = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.timer?.cancel()
            channel.unsubscribe?()
            for waiter in channel.waiters.values { waiter.looks.finish() }
        }
    }

    private func listen(_ queue: String) {
        let unsubscribe = core.subscribe(core.keys(queue: queue).ended) { [weak self] id in
            self?.wake(queue) { $0.id == id }
        } onReady: { [weak self] in
            self?.wake(queue) { _ in true }
        }
        let isKept = state.withLock { state in
            guard state.channels[queue] != nil, state.channels[queue]?.unsubscribe == nil else { return false }
            state.channels[queue]?.unsubscribe = unsubscribe
            return true
        }
        if isKept { tick(queue) } else { unsubscribe() }
    }

    /// Looks again in a while, as long as somebody waits.
    private func tick(_ queue: String) {
        let timer = core.reactor.schedule(after: interval) { [weak self] in
            self?.wake(queue) { _ in true }
            self?.tick(queue)
        }
        let isKept = state.withLock { state in
            guard state.channels[queue] != nil else { return false }
            state.channels[queue]?.timer?.cancel()
            state.channels[queue]?.timer = timer
            return true
        }
        if !isKept { timer.cancel() }
    }

    private func wake(_ queue: String, _ isMeant: (Waiter) -> Bool) {
        let looks = state.withLock { state in
            (state.channels[queue]?.waiters.values).map { $0.filter(isMeant).map(\.looks) } ?? []
        }
        for look in looks { look.yield() }
    }
}
