// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension WorkerMachine {
    /// What a `sweep` call answered.
    package struct Swept: Sendable {
        package var isClaimable = false
        package var nextDue: Duration?
        package var isCut = false
        package var isPaused = false
        /// Ids of this node's jobs that are to be cancelled.
        package var cancelling: [JobID] = []

        package init() {}
    }

    /// Renews every lease of every queue, also of what has ended and waits to be sent or has no answer yet: a call that
    /// is repeated after an outage may come later than the hold on reaping lasts.
    mutating func renewAll(_ now: Duration) -> [Action] {
        renewAt = now + renewalPeriod
        return renew(Set(queues.indices))
    }

    /// Renews the leases of the queues whose last renewal failed; what is in flight is waited for first.
    mutating func renewFailed() -> [Action] {
        isRenewingAgain = false
        return renew(Set(queues.indices.filter { queues[$0].hasFailedRenewal && queues[$0].renewals == 0 }))
    }

    private mutating func renew(_ chosen: Set<Int>) -> [Action] {
        var actions: [Action] = []
        var byQueue = [[(token: Token?, member: String)]](repeating: [], count: queues.count)
        for token in jobs.keys.sorted() {
            guard let held = jobs[token], held.isLeased else { continue }
            byQueue[held.job.queue].append((token, held.job.member))
        }
        for queue in chosen.sorted() {
            let leases = byQueue[queue] + queues[queue].unsettled.map { (nil, $0.job.member) }
            queues[queue].hasFailedRenewal = false
            for start in stride(from: 0, to: leases.count, by: 500) {
                let slice = leases[start..<min(start + 500, leases.count)]
                actions.append(.renew(queue: queue, slice.compactMap(\.token), members: slice.map(\.member)))
                queues[queue].renewals += 1
            }
        }
        return actions
    }

    /// Has failed renewals made again soon, unless the regular ones come sooner or some are still in flight: those
    /// that run into their own time limit would otherwise grow in number for as long as nothing answers.
    private mutating func renewAgain(_ queue: Int, _ now: Duration) -> [Action] {
        let pause: Duration = .milliseconds(200)
        guard queues[queue].hasFailedRenewal, queues[queue].renewals == 0, !isRenewingAgain, now + pause < renewAt
        else { return [] }
        isRenewingAgain = true
        return [.alarm(.renewAgain, after: pause)]
    }

    /// A renewal was answered: the lost jobs' tasks are cancelled at once.
    package mutating func renewed(
        queue: Int, _ tokens: [Token], lost: Set<String>, sentAt: Duration, now: Duration
    ) -> [Action] {
        queues[queue].renewals -= 1
        var actions = renewAgain(queue, now)
        for token in tokens {
            guard let held = jobs[token], held.isLeased else { continue }
            if lost.contains(held.job.member) {
                actions.append(.report(.leaseLost(held.job)))
                actions += lose(token, held)
            } else {
                jobs[token]?.confirmedAt = max(held.confirmedAt, sentAt)
            }
        }
        return actions + dispatch(now)
    }

    private mutating func lose(_ token: Token, _ held: Held) -> [Action] {
        guard held.startedAt != nil else {
            jobs[token] = nil
            queues[held.job.queue].waiting.removeAll { $0 == token }
            return []
        }
        jobs[token]?.isLeased = false
        jobs[token]?.cancelCause = .lost
        return [.cancel(token)]
    }

    /// A renewal got no answer: it is tried again soon, and the caller's option may cancel what is unsure by then.
    package mutating func renewFailed(queue: Int, _ tokens: [Token], now: Duration) -> [Action] {
        queues[queue].renewals -= 1
        queues[queue].hasFailedRenewal = true
        var actions: [Action] = []
        for token in tokens {
            guard let held = jobs[token], settings.cancelsWhenUnsure, held.cancelCause == nil else { continue }
            if now - held.confirmedAt >= settings.lease, held.startedAt != nil {
                jobs[token]?.cancelCause = .unsure
                actions.append(.cancel(token))
            }
        }
        return actions + renewAgain(queue, now)
    }

    /// When the call was sent that last confirmed the job's lease; `nil` once it is known to be lost.
    package func confirmed(_ token: Token) -> Duration? {
        guard let held = jobs[token], held.isLeased else { return nil }
        return held.confirmedAt
    }

    /// Whether the job was asked to stop.
    package func isCancelled(_ token: Token) -> Bool { jobs[token]?.cancelCause == .request }

    mutating func sweepIfDue(_ queue: Int, _ now: Duration) -> [Action] {
        guard mode != .stopped, !queues[queue].isSweeping, queues[queue].sweepAt <= now else { return [] }
        queues[queue].isSweeping = true
        queues[queue].sweeps += 1
        let interval = settings.sweepInterval
        // A little early, so that many workers do not look at the same instant; never late, as the guarantees count on it.
        let jitter = Duration.microseconds(Int64(random.next() % 60_000)) * Int(interval / .milliseconds(1)) / 1000
        let next = interval * 0.94 + jitter
        queues[queue].sweepAt = now + next
        var actions: [Action] = [.sweep(queue: queue), .alarm(.sweep(queue: queue), after: next)]
        if queues[queue].sweeps % 10 == 0 { actions.append(.trim(queue: queue)) }
        return actions
    }

    /// Sees to it that the queue is looked at by then at the latest.
    mutating func sweepBy(_ queue: Int, _ moment: Duration, _ now: Duration) -> [Action] {
        guard moment < queues[queue].sweepAt else { return [] }
        queues[queue].sweepAt = moment
        return [.alarm(.sweep(queue: queue), after: max(.zero, moment - now))]
    }

    /// A sweep was answered.
    package mutating func swept(queue: Int, _ reply: Swept, now: Duration) -> [Action] {
        queues[queue].isSweeping = false
        var actions: [Action] = []
        if reply.isClaimable {
            queues[queue].isPromising = true
            queues[queue].olderAnswers = queues[queue].calls
        }
        queues[queue].isPaused = reply.isPaused
        queues[queue].isEmpty = !reply.isClaimable && reply.nextDue == nil && !reply.isPaused
        if reply.isPaused, settings.stopsWhenEmpty, mode == .running, !queues[queue].hasToldPause {
            queues[queue].hasToldPause = true
            actions.append(.report(.waitsForPaused(queue: queue)))
        }
        // The alarm of a sweep that fell due while this one was under way has come and gone.
        if reply.isCut || queues[queue].sweepAt <= now {
            queues[queue].sweepAt = now
            actions += sweepIfDue(queue, now)
        } else if let due = reply.nextDue {
            actions += sweepBy(queue, now + due, now)
        }
        if !reply.cancelling.isEmpty {
            let meant = Set(reply.cancelling)
            let tokens = jobs.filter { $0.value.job.queue == queue && meant.contains($0.value.job.id) }.keys
            for token in tokens.sorted() { actions += request(token) }
        }
        // Most answers say that nothing is new, and a worker of very many queues gets one for each of them.
        if mode == .running, !settings.stopsWhenEmpty, !reply.isClaimable, reply.cancelling.isEmpty { return actions }
        return actions + dispatch(now)
    }

    private mutating func request(_ token: Token) -> [Action] {
        guard let held = jobs[token], held.isLeased, held.cancelCause == nil else { return [] }
        guard held.startedAt != nil else {
            // It has not started: handing it back ends it as cancelled, by the flag in its record.
            jobs[token] = nil
            queues[held.job.queue].waiting.removeAll { $0 == token }
            queues[held.job.queue].releasing.append(Outgoing(job: held.job, end: .handBack(delay: nil)))
            return []
        }
        jobs[token]?.cancelCause = .request
        return [.cancel(token), .alarm(.overdue(token), after: settings.grace)]
    }

    /// A sweep got no answer: the next one is due at its time.
    package mutating func sweepFailed(queue: Int, now: Duration) -> [Action] {
        queues[queue].isSweeping = false
        guard queues[queue].sweepAt <= now else { return [] }
        queues[queue].sweepAt = now + .milliseconds(200)
        return [.alarm(.sweep(queue: queue), after: .milliseconds(200))]
    }
}
