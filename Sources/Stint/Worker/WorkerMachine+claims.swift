// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension WorkerMachine {
    /// What an `advance` call answered.
    package struct Claimed: Sendable {
        package var jobs: [ClaimedJob] = []
        /// How many jobs were asked for.
        package var asked = 0
        package var hasMore = false
        /// Time until the next delayed job is due, if the queue has one.
        package var nextDue: Duration?
        /// The finished jobs that the call carried.
        package var finished: [ClaimedJob] = []
        /// Those of them whose lease was lost.
        package var lost: [ClaimedJob] = []
        /// When the call was first sent.
        package var sentAt: Duration = .zero

        package init() {}
    }

    /// An `advance` call was answered.
    package mutating func claimed(queue: Int, _ reply: Claimed, now: Duration) -> [Action] {
        queues[queue].calls -= 1
        reserved -= reply.asked
        settle(queue, reply.finished)
        claimedInAll += reply.jobs.count
        var actions: [Action] = reply.lost.map { .report(.leaseLost($0)) }
        let wasWoken = queues[queue].olderAnswers > 0
        queues[queue].isPromising = reply.hasMore || wasWoken
        if wasWoken { queues[queue].olderAnswers -= 1 }
        // Of a paused queue the answer says nothing; that it is not paused, a sweep has said.
        queues[queue].isEmpty =
            !reply.hasMore && reply.nextDue == nil && reply.jobs.isEmpty && queues[queue].isPaused == false
        actions.reserveCapacity(actions.count + reply.jobs.count + 4)
        for job in reply.jobs { accept(job, sentAt: reply.sentAt, now, &actions) }
        if let due = reply.nextDue { actions += sweepBy(queue, now + due, now) }
        if wasWoken, free == 0 { actions += passOn(queue, now) }
        if let most = settings.maxJobs, claimedInAll >= most { actions += drain(now: now) }
        actions += dispatch(now)
        return actions
    }

    /// An `advance` call will never be answered: the worker was shut down, or the queue is of a newer release.
    package mutating func claimFailed(
        queue: Int, asked: Int, finished: [ClaimedJob], now: Duration
    ) -> [Action] {
        queues[queue].calls -= 1
        reserved -= asked
        settle(queue, finished)
        queues[queue].isPromising = false
        queues[queue].olderAnswers = min(queues[queue].olderAnswers, queues[queue].calls)
        return dispatch(now)
    }

    /// The leases of these need no renewal any more.
    private mutating func settle(_ queue: Int, _ finished: [ClaimedJob]) {
        // A job is in one call at a time.
        guard let first = finished.first,
            let call = queues[queue].finishingSent.firstIndex(where: { $0.first?.job === first })
        else { return }
        queues[queue].finishingSent.remove(at: call)
    }

    /// A wake-up came for a queue, or the wait ended without one; `waited` are the queues of that wait.
    package mutating func woke(queue: Int?, of waited: [Int]? = nil, now: Duration) -> [Action] {
        for index in waited ?? Array(queues.indices) { queues[index].isListening = false }
        guard let queue else { return dispatch(now) }
        if mode == .running, queues[queue].calls > 0 {
            // What it announces may be newer than the answer under way.
            queues[queue].olderAnswers = queues[queue].calls
            return dispatch(now)
        }
        guard mode == .running, free > 0, room(queue) > 0 else { return passOn(queue, now) + dispatch(now) }
        queues[queue].isPromising = true
        return dispatch(now)
    }

    /// Sets a marker again that this worker cannot use, and leaves the queue out of its wait for a second.
    private mutating func passOn(_ queue: Int, _ now: Duration) -> [Action] {
        queues[queue].deafUntil = now + .seconds(1)
        return [.rewake(queue: queue), .alarm(.listen, after: .seconds(1))]
    }

    /// Sends what can be sent: ends, claims for free slots, the wait for a wake-up.
    mutating func dispatch(_ now: Duration) -> [Action] {
        var actions = startWaiting(now)
        for index in queues.indices { actions += sendSide(index) }
        actions += sendAdvances()
        actions += listenIfIdle(now)
        if isFinished {
            mode = .stopped
            actions.append(.stopped)
        }
        return actions
    }

    /// Sends ends and, as long as slots are free, claims: from queues in the order given, or drawn by weight.
    ///
    /// This happens at every answer, and a worker may serve thousands of queues: it looks at each once and goes through
    /// them again only for a claim.
    private mutating func sendAdvances() -> [Action] {
        let mayClaim = mode == .running && free > 0
        // The next one is the last: it is removed without moving others.
        var left = queues.indices.reversed().filter {
            (mayClaim && queues[$0].isPromising) || !queues[$0].finishing.isEmpty
        }
        guard !left.isEmpty else { return [] }
        var actions: [Action] = []
        if mayClaim {
            var weight = left.reduce(0) { $0 + queues[$1].share.weight }
            var sharing = queues.indices.reduce(0) { isSharing($1) ? $0 + queues[$1].share.weight : $0 }
            var firstBusy = queues.firstIndex { $0.isPromising && $0.calls > 0 } ?? queues.endIndex
            while free > 0, let last = left.indices.last {
                if !settings.isStrict, last > 0 { left.swapAt(draw(left, weight), last) }
                let index = left.removeLast()
                let own = queues[index].share.weight
                weight -= own
                let wasSharing = isSharing(index)
                let part =
                    settings.isStrict
                    ? (firstBusy < index ? 0 : free) : share(own, of: wasSharing ? sharing : sharing + own)
                actions += sendAdvance(index, atMost: part)
                if wasSharing, queues[index].calls > 0 { sharing -= own }
                if queues[index].isPromising, queues[index].calls > 0 { firstBusy = min(firstBusy, index) }
            }
        }
        // Without a free slot the order of ends matters to nobody.
        for index in left where !queues[index].finishing.isEmpty { actions += sendAdvance(index, atMost: 0) }
        return actions
    }

    /// The position of one of these queues, each as likely as its part of their weight.
    private func draw(_ left: [Int], _ weight: Int) -> Int {
        var ticket = Int(random.next() % UInt64(max(1, weight)))
        for (position, index) in left.enumerated() {
            ticket -= queues[index].share.weight
            if ticket < 0 { return position }
        }
        return left.count - 1
    }

    /// Whether a part of the free slots is a queue's: it is promising and may send a first call.
    private func isSharing(_ index: Int) -> Bool {
        queues[index].isPromising && queues[index].calls == 0 && room(index) > 0
    }

    /// The part of the free slots for a weight of all those that share them.
    private func share(_ own: Int, of total: Int) -> Int {
        let free = free
        return total <= own ? free : min(free, max(1, (free * own + total - 1) / total))
    }

    /// How many jobs may be claimed from a queue as far as its jobs over their cap allow.
    private func room(_ queue: Int) -> Int { settings.slots - queues[queue].waiting.count }

    private mutating func sendAdvance(_ index: Int, atMost part: Int) -> [Action] {
        let mayClaim = mode == .running && queues[index].isPromising
        var wanted = mayClaim ? min(part, room(index)) : 0
        if let most = settings.maxJobs { wanted = min(wanted, max(0, most - claimedInAll - reserved)) }
        switch queues[index].calls {
        case 0: break
        case 1:
            // The second lane is for load only: half of the slots are to be refilled or written off.
            guard max(wanted, queues[index].finishing.count) * 2 >= settings.slots else { return [] }
        default: return []
        }
        let finished = Array(
            Self.batch(queues[index].finishing, most: Self.advanceLimit / 2, bytes: Self.resultBytes))
        let limit = min(wanted, Self.advanceLimit - finished.count)
        guard limit > 0 || !finished.isEmpty else { return [] }
        if !finished.isEmpty {
            queues[index].finishing.removeFirst(finished.count)
            queues[index].finishingSent.append(finished)
        }
        queues[index].calls += 1
        reserved += max(0, limit)
        return [.advance(queue: index, limit: max(0, limit), finished: finished)]
    }

    /// What one call may carry, so that Redis is not held up: see docs/decisions/0005-call-sizes.md.
    private static let advanceLimit = 200
    private static let resultBytes = 256 * 1024
    private static let failLimit = 100
    private static let textBytes = 64 * 1024

    /// The first ends that one call takes: at least one, as many as allowed, and no more bytes of results or texts.
    private static func batch(_ ends: [Outgoing], most: Int, bytes limit: Int) -> ArraySlice<Outgoing> {
        var bytes = 0
        let end = ends.prefix(most).firstIndex { outgoing in
            switch outgoing.end {
            case .finish(let result): bytes += result.count
            case .fail(let failure): bytes += failure.text.utf8.count
            case .handBack: break
            }
            return bytes > limit
        }
        return ends[..<min(max(end ?? most, 1), ends.count)]
    }

    private mutating func sendSide(_ index: Int) -> [Action] {
        guard !queues[index].isSideBusy else { return [] }
        // What goes back to the front of a list goes together, the last claimed first, so that the order stays.
        if !queues[index].releasing.isEmpty, mode != .handingBack || jobs.isEmpty {
            queues[index].isSideBusy = true
            queues[index].releasing.sort { $0.job.record.fence < $1.job.record.fence }
            let batch = Array(queues[index].releasing.suffix(200))
            queues[index].releasing.removeLast(batch.count)
            queues[index].sideSent = batch
            return [.release(queue: index, batch)]
        }
        if !queues[index].failing.isEmpty {
            queues[index].isSideBusy = true
            let batch = Array(Self.batch(queues[index].failing, most: Self.failLimit, bytes: Self.textBytes))
            queues[index].failing.removeFirst(batch.count)
            queues[index].sideSent = batch
            return [.fail(queue: index, batch)]
        }
        return []
    }

    /// A `fail` or `release` call was answered, or never will be.
    package mutating func sideEnded(queue: Int, lost: [ClaimedJob], now: Duration) -> [Action] {
        queues[queue].isSideBusy = false
        queues[queue].sideSent = []
        // What was sent may be delayed or ready now; the next sweep tells.
        queues[queue].isEmpty = false
        return lost.map { .report(.leaseLost($0)) } + dispatch(now)
    }

    /// Waits for a wake-up, unless every queue is promising.
    ///
    /// Then a claim is under way, and the answer to it says when it is time to wait. A marker stays in Redis until then.
    private mutating func listenIfIdle(_ now: Duration) -> [Action] {
        guard mode == .running, !endsBecauseEmpty(), free > 0, !queues.allSatisfy(\.isPromising) else { return [] }
        if !settings.waitsForEachQueue, queues.contains(where: \.isListening) { return [] }
        let audible = queues.indices.filter { index in
            !queues[index].isListening && (queues[index].deafUntil.map { $0 <= now } ?? true) && room(index) > 0
        }
        guard !audible.isEmpty else { return [] }
        for index in audible { queues[index].isListening = true }
        if settings.waitsForEachQueue { return audible.map { .listen([$0], atMost: .seconds(5)) } }
        // A queue that is left out must not wait for the others' silence.
        return [.listen(audible, atMost: audible.count == queues.count ? Self.longestWait : .seconds(1))]
    }

    /// Whether the worker is to end, as every queue is known to be empty after a sweep.
    private mutating func endsBecauseEmpty() -> Bool {
        guard settings.stopsWhenEmpty, jobs.isEmpty else { return false }
        let isEmpty = queues.allSatisfy {
            $0.isEmpty && $0.calls == 0 && !$0.isPromising && !$0.isSideBusy && $0.failing.isEmpty
                && $0.releasing.isEmpty
        }
        guard isEmpty else { return false }
        mode = .draining
        return true
    }

    /// Whether nothing is held, to be sent, or in flight after the worker was told to end.
    private var isFinished: Bool {
        guard mode == .draining || mode == .handingBack else { return false }
        return jobs.isEmpty
            && queues.allSatisfy {
                $0.calls == 0 && !$0.isSideBusy && $0.finishing.isEmpty && $0.failing.isEmpty && $0.releasing.isEmpty
            }
    }
}
