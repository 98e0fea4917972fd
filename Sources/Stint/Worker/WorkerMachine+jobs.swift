// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension WorkerMachine {
    /// Takes a claimed job: starts it, lets it wait for its name's cap, or hands it back.
    mutating func accept(_ job: ClaimedJob, sentAt: Duration, _ now: Duration, _ actions: inout [Action]) {
        guard mode == .running || mode == .quiet else {
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: nil)))
            return
        }
        guard now - sentAt < settings.lease else {
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: nil)))
            actions.append(.report(.staleClaim(job)))
            return
        }
        guard let handler = settings.handles(job.name) else {
            let delay = unknownDelay(returns: Int(job.record.returns))
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: delay)))
            actions.append(.report(.unknownName(job)))
            return
        }
        let token = nextToken
        nextToken += 1
        let held = Held(
            job: job, cap: handler.limit.map { .init(key: handler.key, limit: $0) }, confirmedAt: sentAt)
        if let cap = held.cap, runningByName[cap.key, default: 0] >= cap.limit {
            jobs[token] = held
            queues[job.queue].waiting.append(token)
            return
        }
        start(token, held, now, &actions)
    }

    /// 2 s for the first hand-back, doubling, five minutes at most, and up to half of it less so that workers spread.
    private func unknownDelay(returns: Int) -> Duration {
        let bound = min(300_000, 2_000 << min(returns, 8))
        return .milliseconds(bound - Int(random.next() % UInt64(bound / 2)))
    }

    private mutating func start(_ token: Token, _ held: Held, _ now: Duration, _ actions: inout [Action]) {
        var held = held
        held.startedAt = now
        if held.job.record.timeoutMilliseconds > 0 {
            held.deadline = now + .milliseconds(held.job.record.timeoutMilliseconds)
        }
        busy += 1
        if let cap = held.cap { runningByName[cap.key, default: 0] += 1 }
        idleSince = nil
        actions.append(.start(token, held.job))
        if let deadline = held.deadline { awaitTimeout(deadline, now, &actions) }
        jobs[token] = held
    }

    /// Sees to it that the alarm for timeouts goes off by then.
    ///
    /// One alarm serves all jobs: an alarm each would stay for the whole timeout of a job that was done at once.
    private mutating func awaitTimeout(_ deadline: Duration, _ now: Duration, _ actions: inout [Action]) {
        if let timeoutsAt, timeoutsAt <= deadline { return }
        timeoutsAt = deadline
        actions.append(.alarm(.timeouts, after: max(.zero, deadline - now)))
    }

    /// Tasks have ended.
    package mutating func ended(_ ends: [(token: Token, end: AttemptEnd)], now: Duration) -> [Action] {
        take(ends, now: now)
        return sendEnds(now: now)
    }

    /// Takes in how tasks have ended, to be sent with ``sendEnds(now:)``.
    ///
    /// Nothing is written for a job whose lease is known to be lost.
    package mutating func take(_ ends: [(token: Token, end: AttemptEnd)], now: Duration) {
        for (token, end) in ends {
            // A worker that gave everything up forgot its jobs before their tasks ended.
            guard let held = jobs.removeValue(forKey: token) else { continue }
            busy -= 1
            if let cap = held.cap { runningByName[cap.key, default: 1] -= 1 }
            queues[held.job.queue].deafUntil = nil
            guard held.isLeased else { continue }
            let outgoing = Outgoing(job: held.job, end: end, wasStarted: held.startedAt != nil)
            switch end {
            case .finish: queues[held.job.queue].finishing.append(outgoing)
            case .fail: queues[held.job.queue].failing.append(outgoing)
            case .handBack: queues[held.job.queue].releasing.append(outgoing)
            }
        }
        if jobs.isEmpty { idleSince = now }
    }

    /// Sends what may be sent of the ends that were taken in.
    package mutating func sendEnds(now: Duration) -> [Action] { awaitAnswersIfIdle() + dispatch(now) }

    /// Starts the jobs that waited for a cap which now has room, as far as there are slots.
    mutating func startWaiting(_ now: Duration) -> [Action] {
        guard mode == .running || mode == .quiet else { return [] }
        var actions: [Action] = []
        for index in queues.indices where !queues[index].waiting.isEmpty {
            var position = 0
            while position < queues[index].waiting.count, free > 0 {
                let token = queues[index].waiting[position]
                guard let held = jobs[token], let cap = held.cap, runningByName[cap.key, default: 0] < cap.limit else {
                    position += 1
                    continue
                }
                queues[index].waiting.remove(at: position)
                if now - held.confirmedAt < settings.lease {
                    start(token, held, now, &actions)
                } else {
                    jobs[token] = nil
                    queues[index].releasing.append(Outgoing(job: held.job, end: .handBack(delay: nil)))
                }
            }
        }
        return actions
    }

    /// The earliest deadline that was known has come.
    mutating func timeOutDue(_ now: Duration) -> [Action] {
        // One that was overtaken by an earlier one is ignored.
        guard let moment = timeoutsAt, moment <= now else { return [] }
        timeoutsAt = nil
        var actions: [Action] = []
        var next: Duration?
        for token in jobs.keys.sorted() {
            guard let deadline = jobs[token]?.deadline else { continue }
            if deadline <= now {
                jobs[token]?.deadline = nil
                actions += timeOut(token, now)
            } else {
                next = min(next ?? deadline, deadline)
            }
        }
        if let next { awaitTimeout(next, now, &actions) }
        return actions
    }

    /// The attempt's time is up: its task is cancelled, and its lease is given up after the grace period.
    private mutating func timeOut(_ token: Token, _ now: Duration) -> [Action] {
        guard jobs[token]?.startedAt != nil, jobs[token]?.isLeased == true else { return [] }
        if jobs[token]?.cancelCause == nil { jobs[token]?.cancelCause = .timeout }
        return [.cancel(token), .alarm(.overdue(token), after: settings.grace)]
    }

    /// A cancelled task goes on: the attempt is failed without it, and the slot stays taken until it ends.
    mutating func overdue(_ token: Token, _ now: Duration) -> [Action] {
        guard let held = jobs[token], held.isLeased, held.cancelCause != nil else { return [] }
        jobs[token]?.isLeased = false
        let verdict = AttemptVerdict(job: held.job, ran: now - (held.startedAt ?? now), random: random)
        let end = held.cancelCause == .request ? verdict.cancelled() : verdict.timedOut()
        queues[held.job.queue].failing.append(Outgoing(job: held.job, end: end))
        return [.report(.wedged(held.job))] + dispatch(now)
    }

    /// Why a job's task was cancelled, if it was.
    func cancelCause(_ token: Token) -> Held.CancelCause? { jobs[token]?.cancelCause }
}
