// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Decides what a worker does next.
///
/// Holds no clock, does no I/O and starts no task: every event comes with the time, and the caller performs the
/// returned actions in order.
///
/// Claims follow three rules. A queue is asked only while it is *promising*: its last answer, a sweep, or a wake-up said
/// that something may be claimable. One call a queue may always be in flight, a second one when half of the slots are
/// free or to be finished: batches grow by themselves under load and add no wait without it. Slots that a call in flight
/// asked for are reserved, so that no job is ever claimed that has no slot.
package struct WorkerMachine {
    /// Names a job that the worker holds, for as long as its task lives.
    package typealias Token = Int

    /// What the caller performs.
    package enum Action {
        case advance(queue: Int, limit: Int, finished: [Outgoing])
        case fail(queue: Int, [Outgoing])
        case release(queue: Int, [Outgoing])
        case renew(queue: Int, [Token], members: [String])
        case sweep(queue: Int)
        case trim(queue: Int)
        /// Wait on the wake markers of these queues, and tell `woke` of which.
        case listen([Int], atMost: Duration)
        /// Set a marker again that could not be used.
        case rewake(queue: Int)
        case start(Token, ClaimedJob)
        case cancel(Token)
        case alarm(Alarm, after: Duration)
        case report(Report)
        /// Nothing is held, nothing is in flight: the worker has ended.
        case stopped
    }

    /// The end of an attempt on its way to Redis.
    package struct Outgoing: Sendable {
        package let job: ClaimedJob
        package let end: AttemptEnd
        /// Whether its handler was started: such a job does not expire any more.
        package var wasStarted = false
    }

    /// A moment that the machine asked to be told of.
    ///
    /// A stale one is ignored.
    package enum Alarm: Hashable, Sendable {
        case sweep(queue: Int)
        case renew
        case renewAgain
        case listen
        case timeouts
        case overdue(Token)
        case drainEnd
        case handBackEnd
        case abandon
        case idle
    }

    /// What an operator may want to know.
    package enum Report: Sendable {
        case unknownName(ClaimedJob)
        case leaseLost(ClaimedJob)
        case wedged(ClaimedJob)
        case staleClaim(ClaimedJob)
        /// The worker ends, and Redis has not answered what was sent about this one.
        case unrecorded(Outgoing)
        /// The worker is to end when all is done, and this queue is paused.
        case waitsForPaused(queue: Int)
    }

    enum Mode: Equatable { case running, quiet, draining, handingBack, stopped }

    let settings: WorkerSettings
    var random: any RandomSource
    var mode = Mode.running
    var queues: [QueueState]
    var jobs: [Token: Held] = [:]
    var nextToken = 0
    /// Slots taken by tasks that live, whether their lease does or not.
    var busy = 0
    /// Slots that claims in flight asked for.
    var reserved = 0
    /// Running jobs of the handlers that have a cap.
    var runningByName: [String: Int] = [:]
    var claimedInAll = 0
    var idleSince: Duration?
    /// When the alarm for timeouts goes off next.
    var timeoutsAt: Duration?
    /// Whether renewals that failed are to be made again before the next regular ones, and when these are due.
    var isRenewingAgain = false
    var renewAt: Duration = .zero
    /// Whether nothing runs any more and the wait for Redis' last answers has begun.
    private var awaitsAnswers = false
    /// How many ends and hand-backs Redis had not answered when the worker gave up waiting; `nil` if it never did.
    package private(set) var unrecorded: Int?
    var renewalPeriod: Duration { settings.lease / 3 }

    package init(settings: WorkerSettings, random: any RandomSource) {
        self.settings = settings
        self.random = random
        queues = settings.queues.map { QueueState(share: $0) }
    }

    /// How long one wait for a wake-up lasts at most.
    static let longestWait: Duration = .seconds(5)

    /// Whether free slots wait for a wake-up.
    var isAwaitingJobs: Bool { mode == .running && free > 0 && queues.contains(where: \.isListening) }

    /// Whether there is a lease to renew.
    var holdsLeases: Bool {
        jobs.values.contains { $0.isLeased }
            || queues.contains { !$0.finishing.isEmpty || !$0.failing.isEmpty || !$0.releasing.isEmpty }
    }

    /// Slots that are neither taken nor asked for.
    var free: Int { max(0, settings.slots - busy - reserved) }

    /// How many jobs are running, how many wait for their name's cap.
    package var occupancy: (running: Int, waiting: Int) {
        (busy, queues.reduce(0) { $0 + $1.waiting.count })
    }

    /// Tokens and jobs that run now, with the time they were started.
    package var runningJobs: [(token: Token, job: ClaimedJob, startedAt: Duration)] {
        jobs.compactMap { token, held in held.startedAt.map { (token, held.job, $0) } }
    }

    /// Starts: looks at every queue at once, spread over a tenth of the interval.
    package mutating func begin(now: Duration) -> [Action] {
        idleSince = now
        renewAt = now + renewalPeriod
        var actions: [Action] = [.alarm(.renew, after: renewalPeriod)]
        for index in queues.indices {
            queues[index].sweepAt = now
            actions += sweepIfDue(index, now)
        }
        if let idle = settings.maxIdle { actions.append(.alarm(.idle, after: idle)) }
        return actions + dispatch(now)
    }

    /// A moment that was asked for has come.
    package mutating func alarm(_ alarm: Alarm, now: Duration) -> [Action] {
        guard mode != .stopped else { return [] }
        switch alarm {
        case .sweep(let queue): return sweepIfDue(queue, now)
        case .renew: return renewAll(now) + [.alarm(.renew, after: renewalPeriod)]
        case .renewAgain: return renewFailed()
        case .listen: return dispatch(now)
        case .timeouts: return timeOutDue(now)
        case .overdue(let token): return overdue(token, now)
        case .drainEnd: return mode == .draining ? handBack(now, wait: settings.grace) : []
        case .handBackEnd: return releaseEverything(now)
        case .abandon: return abandon()
        case .idle: return idle(now)
        }
    }

    private mutating func idle(_ now: Duration) -> [Action] {
        guard let limit = settings.maxIdle, mode == .running else { return [] }
        if jobs.isEmpty, idleSince == nil { idleSince = now }
        guard let since = idleSince, now - since >= limit else {
            return [.alarm(.idle, after: max(limit - (now - (idleSince ?? now)), .milliseconds(10)))]
        }
        return drain(now: now)
    }

    /// Stops claiming and stays up, or goes on.
    package mutating func setQuiet(_ isQuiet: Bool, now: Duration) -> [Action] {
        switch (mode, isQuiet) {
        case (.running, true):
            mode = .quiet
            return []
        case (.quiet, false):
            mode = .running
            for index in queues.indices { queues[index].isPromising = true }
            return dispatch(now)
        default: return []
        }
    }

    /// Claims nothing more and lets what runs end, for at most the drain time.
    package mutating func drain(now: Duration) -> [Action] {
        guard mode == .running || mode == .quiet else { return [] }
        mode = .draining
        releaseWaiting()
        var actions: [Action] = []
        actions.append(.alarm(.drainEnd, after: settings.drainTime))
        return actions + dispatch(now)
    }

    /// Hands everything back: cancels what runs, and gives it up after `wait` at the latest.
    package mutating func handBack(_ now: Duration, wait: Duration) -> [Action] {
        guard mode != .stopped else { return [] }
        if mode == .handingBack { return wait == .zero ? releaseEverything(now) : [] }
        mode = .handingBack
        releaseWaiting()
        var actions: [Action] = []
        for token in jobs.keys.sorted() where jobs[token]?.startedAt != nil {
            if jobs[token]?.cancelCause == nil { jobs[token]?.cancelCause = .handBack }
            actions.append(.cancel(token))
        }
        if wait == .zero { return actions + releaseEverything(now) }
        actions.append(.alarm(.handBackEnd, after: wait))
        return actions + awaitAnswersIfIdle() + dispatch(now)
    }

    /// Gives up the leases of all that still runs; their tasks may live on, fenced off.
    private mutating func releaseEverything(_ now: Duration) -> [Action] {
        guard mode == .handingBack else { return [] }
        for token in jobs.keys.sorted() {
            guard let held = jobs[token] else { continue }
            if held.isLeased {
                queues[held.job.queue].releasing.append(
                    Outgoing(job: held.job, end: .handBack(delay: nil), wasStarted: held.startedAt != nil))
            }
            jobs[token] = nil
        }
        busy = 0
        return awaitAnswersIfIdle() + dispatch(now)
    }

    /// Once everything is handed back and nothing runs, only answers of Redis are waited for, and not for long.
    mutating func awaitAnswersIfIdle() -> [Action] {
        guard mode == .handingBack, jobs.isEmpty, !awaitsAnswers else { return [] }
        awaitsAnswers = true
        return [.alarm(.abandon, after: settings.answerTime)]
    }

    /// Redis has not answered: the reaper will return what it can.
    private mutating func abandon() -> [Action] {
        guard mode == .handingBack else { return [] }
        mode = .stopped
        let left = queues.flatMap(\.unsettled)
        unrecorded = left.count
        return left.map { .report(.unrecorded($0)) } + [.stopped]
    }

    private mutating func releaseWaiting() {
        for index in queues.indices {
            for token in queues[index].waiting {
                guard let held = jobs.removeValue(forKey: token), held.isLeased else { continue }
                queues[index].releasing.append(Outgoing(job: held.job, end: .handBack(delay: nil)))
            }
            queues[index].waiting = []
        }
    }
}
