// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension WorkerMachine {
    /// Takes a claimed job: starts it, lets it wait for its name's cap, or hands it back.
    mutating func accept(_ job: ClaimedJob, sentAt: Duration, _ now: Duration) -> [Action] {
        guard mode == .running || mode == .quiet else {
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: nil)))
            return []
        }
        guard now - sentAt < settings.lease else {
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: nil)))
            return [.report(.staleClaim(job))]
        }
        guard let handler = settings.handles(job.name) else {
            let delay = unknownDelay(returns: Int(job.record.returns))
            queues[job.queue].releasing.append(Outgoing(job: job, end: .handBack(delay: delay)))
            return [.report(.unknownName(job))]
        }
        let token = nextToken
        nextToken += 1
        jobs[token] = Held(job: job, capKey: handler.key, cap: handler.limit, confirmedAt: sentAt)
        if let cap = handler.limit, runningByName[handler.key, default: 0] >= cap {
            queues[job.queue].waiting.append(token)
            return []
        }
        return start(token, now)
    }

    /// 2 s for the first hand-back, doubling, five minutes at most, and up to half of it less so that workers spread.
    private func unknownDelay(returns: Int) -> Duration {
        let bound = min(300_000, 2_000 << min(returns, 8))
        return .milliseconds(bound - Int(random.next() % UInt64(bound / 2)))
    }

    private mutating func start(_ token: Token, _ now: Duration) -> [Action] {
        guard var held = jobs[token] else { return [] }
        held.startedAt = now
        jobs[token] = held
        busy += 1
        runningByName[held.capKey, default: 0] += 1
        idleSince = nil
        var actions: [Action] = [.start(token, held.job)]
        if held.job.record.timeoutMilliseconds > 0 {
            actions.append(.alarm(.timeout(token), after: .milliseconds(held.job.record.timeoutMilliseconds)))
        }
        return actions
    }

    /// Tasks have ended.
    ///
    /// Nothing is written for a job whose lease is known to be lost.
    package mutating func ended(_ ends: [(token: Token, end: AttemptEnd)], now: Duration) -> [Action] {
        for (token, end) in ends {
            // A worker that gave everything up forgot its jobs before their tasks ended.
            guard let held = jobs.removeValue(forKey: token) else { continue }
            busy -= 1
            runningByName[held.capKey, default: 1] -= 1
            queues[held.job.queue].deafUntil = nil
            guard held.isLeased else { continue }
            let outgoing = Outgoing(job: held.job, end: end)
            switch end {
            case .finish: queues[held.job.queue].finishing.append(outgoing)
            case .fail: queues[held.job.queue].failing.append(outgoing)
            case .handBack: queues[held.job.queue].releasing.append(outgoing)
            }
        }
        if jobs.isEmpty { idleSince = now }
        return dispatch(now)
    }

    /// Starts the jobs that waited for a cap which now has room, as far as there are slots.
    mutating func startWaiting(_ now: Duration) -> [Action] {
        guard mode == .running || mode == .quiet else { return [] }
        var actions: [Action] = []
        for index in queues.indices where !queues[index].waiting.isEmpty {
            var position = 0
            while position < queues[index].waiting.count, free > 0 {
                let token = queues[index].waiting[position]
                guard let held = jobs[token], runningByName[held.capKey, default: 0] < held.cap ?? .max else {
                    position += 1
                    continue
                }
                queues[index].waiting.remove(at: position)
                if now - held.confirmedAt < settings.lease {
                    actions += start(token, now)
                } else {
                    jobs[token] = nil
                    queues[index].releasing.append(Outgoing(job: held.job, end: .handBack(delay: nil)))
                }
            }
        }
        return actions
    }

    /// The attempt's time is up: its task is cancelled, and its lease is given up after the grace period.
    mutating func timeOut(_ token: Token, _ now: Duration) -> [Action] {
        guard jobs[token]?.startedAt != nil, jobs[token]?.isLeased == true else { return [] }
        if jobs[token]?.cancelCause == nil { jobs[token]?.cancelCause = .timeout }
        return [.cancel(token), .alarm(.overdue(token), after: settings.grace)]
    }

    /// A cancelled task goes on: the attempt is failed without it, and the slot stays taken until it ends.
    mutating func overdue(_ token: Token, _ now: Duration) -> [Action] {
        guard let held = jobs[token], held.isLeased, held.cancelCause != nil else { return [] }
        jobs[token]?.isLeased = false
        let end = AttemptVerdict(job: held.job, ran: now - (held.startedAt ?? now), random: random).timedOut()
        queues[held.job.queue].failing.append(Outgoing(job: held.job, end: end))
        return [.report(.wedged(held.job))] + dispatch(now)
    }

    /// Why a job's task was cancelled, if it was.
    func cancelCause(_ token: Token) -> Held.CancelCause? { jobs[token]?.cancelCause }
}
