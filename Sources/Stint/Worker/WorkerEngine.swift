// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
import StintRedis
import Synchronization

/// Performs what a ``WorkerMachine`` decides: script calls, the wait for wake-ups, timers, the starting of attempts.
///
/// Runs on the reactor, never in a Swift task, so that handlers that block every thread of the cooperative pool do not
/// cost the worker its leases. Attempts are started through a closure, so that a simulation can run them itself.
package final class WorkerEngine: Sendable {
    /// Starts and cancels attempts; production runs them in tasks.
    package protocol Attempts: Sendable {
        /// Starts attempts whose jobs were claimed together. The end of each goes to ``WorkerEngine/ended(_:_:gathers:)``.
        func start(_ attempts: [AttemptControl], on engine: WorkerEngine)
        /// Cancels an attempt that runs.
        func cancel(_ token: WorkerMachine.Token)
    }

    /// What the calls need beyond the machine's settings.
    package struct Settings: Sendable {
        var maxCrashes: Int
        var deadAge: Duration
        var deadCount: Int
        var onDead: (@Sendable (WorkerOptions.DeadJob) -> Void)?

        package init(
            maxCrashes: Int = 3, deadAge: Duration = .seconds(30 * 86_400), deadCount: Int = 100_000,
            onDead: (@Sendable (WorkerOptions.DeadJob) -> Void)? = nil
        ) {
            self.maxCrashes = maxCrashes
            self.deadAge = deadAge
            self.deadCount = deadCount
            self.onDead = onDead
        }
    }

    /// One queue's keys and lanes.
    struct QueueCalls: Sendable {
        let name: String
        let keys: QueueKeys
        let advance: [Lane]
        let side: Lane
    }

    private struct State {
        var machine: WorkerMachine
        var watch: LoopWatch
        var highestFence: [Int]
        var completed = 0
        var failed = 0
        var hasStopped = false
        /// The queues whose first look was answered.
        var looked: Set<Int> = []
        /// The queues of a newer release.
        var tooNew: Set<Int> = []
        /// Why the worker ended at its start.
        var failure: StintError?
        /// Told when the worker begins to run jobs, and when it runs none any more.
        var onTurn: (@Sendable () -> Void)?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Ends that tasks have reported and the reactor has not taken yet.
    ///
    /// Apart from the state, which the reactor holds for as long as a decision takes.
    private struct Inbox {
        var ends: [(attempt: AttemptControl, end: AttemptEnd)] = []
        /// Whether the reactor was asked to take them.
        var isAnnounced = false
    }

    let core: ClientCore
    /// Six characters that name this process in leases, records and the registry.
    package let node: String
    let logger: Logger
    let settings: Settings
    let machineSettings: WorkerSettings
    let calls: [QueueCalls]
    let attempts: any Attempts
    private let state: Mutex<State>
    private let inbox = Mutex(Inbox())

    package init(
        core: ClientCore, machine: WorkerSettings, settings: Settings, attempts: any Attempts, logger: Logger
    ) {
        self.core = core
        self.settings = settings
        self.attempts = attempts
        machineSettings = machine
        node = Self.makeNode(core.random)
        var logger = logger
        logger[metadataKey: "stint.node"] = "\(node)"
        self.logger = logger
        calls = machine.queues.map { share in
            let keys = core.keys(queue: share.name)
            let lanes = (0..<2).map { _ in Lane(core: core, keys: keys, policy: .worker) }
            return QueueCalls(
                name: share.name, keys: keys, advance: lanes, side: Lane(core: core, keys: keys, policy: .worker))
        }
        state = Mutex(
            State(
                machine: WorkerMachine(settings: machine, random: core.random),
                watch: Self.makeWatch(machine, commandTimeout: core.commandTimeout),
                highestFence: Array(repeating: 0, count: machine.queues.count)))
    }

    private static func makeNode(_ random: any RandomSource) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        var rest = random.next()
        return String(
            (0..<6).map { _ in
                defer { rest /= 36 }
                return alphabet[Int(rest % 36)]
            })
    }

    /// Begins to claim.
    package func begin() {
        core.reactor.execute {
            let now = self.core.reactor.now
            self.watching { watch in
                for loop in [.renewal, .heartbeat] + self.calls.indices.map(LoopWatch.Loop.sweep) {
                    watch.expect(loop, now: now)
                }
            }
            self.apply { $0.begin(now: $1) }
        }
    }

    /// Stops claiming and stays up, or goes on.
    package func setQuiet(_ isQuiet: Bool) { post { $0.setQuiet(isQuiet, now: $1) } }

    /// Claims nothing more and ends when what runs has ended, or after the drain time.
    package func drain() { post { $0.drain(now: $1) } }

    /// Cancels what runs and hands it back, at once if `wait` is zero.
    package func handBack(wait: Duration) { post { $0.handBack($1, wait: wait) } }

    /// Returns when the worker has ended.
    package func waitUntilStopped() async {
        await withCheckedContinuation { continuation in
            let hasStopped = state.withLock { state in
                if !state.hasStopped { state.waiters.append(continuation) }
                return state.hasStopped
            }
            if hasStopped { continuation.resume() }
        }
    }

    /// An attempt's end, from whichever thread it ran on.
    ///
    /// Ends that come together leave together. With `gathers` the reactor is not woken for this one: the caller sees to
    /// it that ``announceEnds()`` is called or another end follows soon, and what else happens on the reactor takes it along.
    package func ended(_ attempt: AttemptControl, _ end: AttemptEnd, gathers: Bool = false) {
        let mustAnnounce = inbox.withLock { inbox in
            inbox.ends.append((attempt, end))
            guard !gathers, !inbox.isAnnounced else { return false }
            inbox.isAnnounced = true
            return true
        }
        if mustAnnounce { announce() }
    }

    /// Has the reactor take the ends that were gathered.
    func announceEnds() {
        let mustAnnounce = inbox.withLock { inbox in
            guard !inbox.ends.isEmpty, !inbox.isAnnounced else { return false }
            inbox.isAnnounced = true
            return true
        }
        if mustAnnounce { announce() }
    }

    private func announce() {
        core.reactor.execute {
            let isEmpty = self.inbox.withLock { inbox in
                inbox.isAnnounced = false
                return inbox.ends.isEmpty
            }
            if !isEmpty { self.apply { _, _ in [] } }
        }
    }

    /// Takes the ends that tasks have reported so far.
    private func takeEnds() -> [(token: WorkerMachine.Token, end: AttemptEnd)] {
        let ends = inbox.withLock { inbox in
            let ends = inbox.ends
            guard !ends.isEmpty else { return ends }
            // A fresh array of the same order of size: it must not grow step by step under the lock.
            inbox.ends = []
            inbox.ends.reserveCapacity(min(ends.count, 256))
            return ends
        }
        return ends.map { attempt, end in
            // What the attempt logged goes first: after the finish its lease is gone.
            attempt.close()
            return (attempt.token, end)
        }
    }

    /// When the attempt's lease was last confirmed; `nil` once it is lost.
    ///
    /// And whether it was asked to stop.
    func lease(of token: WorkerMachine.Token) -> (confirmed: Duration?, cause: Held.CancelCause?) {
        state.withLock { ($0.machine.confirmed(token), $0.machine.cancelCause(token)) }
    }

    /// What is to be written about an attempt that was cancelled and did not succeed; nil if it was not cancelled.
    package func cancelledEnd(of token: WorkerMachine.Token, _ verdict: AttemptVerdict) -> AttemptEnd? {
        verdict.cancelled(for: lease(of: token).cause)
    }

    /// Sets what is told when the worker begins to run jobs, and when it runs none any more.
    func setOnTurn(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onTurn = body } }

    /// Whether a look at the queue was ever answered.
    func hasLooked(at queue: Int) -> Bool { state.withLock { $0.looked.contains(queue) } }

    /// A look at the queue was answered.
    func looked(at queue: Int) { state.withLock { _ = $0.looked.insert(queue) } }

    /// Whether a worker whose first look at a queue came to this has nothing to work on: where only some of its queues are
    /// of a newer release, as in the middle of an upgrade, the others are not to wait for it.
    func leavesNothing(_ queue: Int, _ error: StintError) -> Bool {
        guard error.code == .schemaTooNew else { return true }
        return state.withLock { state in
            state.tooNew.insert(queue)
            return state.tooNew.count == calls.count
        }
    }

    /// The first look at a queue was refused: a worker without its rights, or of an older release than its queues, ends
    /// for whoever started it to see.
    ///
    /// What it holds of other queues goes back to them.
    func refused(_ queue: Int, _ error: StintError) {
        state.withLock { $0.failure = $0.failure ?? error }
        for lane in calls[queue].advance { lane.closeUnlessSent() }
        apply { $0.handBack($1, wait: .zero) }
    }

    /// Why the worker ended at its start, if it did.
    var failure: StintError? { state.withLock { $0.failure } }

    /// How many ends and hand-backs Redis had not answered when the worker gave up waiting; `nil` if it did not.
    var unrecorded: Int? { state.withLock { $0.machine.unrecorded } }

    /// Whether the worker has ended.
    package var isStopped: Bool { state.withLock { $0.hasStopped } }

    /// What the registry is told.
    func situation() -> Situation {
        state.withLock { state in
            let now = core.reactor.now
            let (running, waiting) = state.machine.occupancy
            let jobs = state.machine.runningJobs.sorted { $0.startedAt < $1.startedAt }.prefix(100)
            return Situation(
                mode: "\(state.machine.mode)", running: running, waiting: waiting, completed: state.completed,
                failed: state.failed,
                jobs: jobs.map { ($0.job.id, $0.job.name, calls[$0.job.queue].name, now - $0.startedAt) })
        }
    }

    struct Situation {
        let mode: String
        let running: Int
        let waiting: Int
        let completed: Int
        let failed: Int
        let jobs: [(id: JobID, name: String, queue: String, ran: Duration)]
    }

    private func post(_ event: @escaping @Sendable (inout WorkerMachine, Duration) -> [WorkerMachine.Action]) {
        core.reactor.execute { self.apply(event) }
    }

    /// Hands the machine an event, after the ends that were reported before it, and performs what it answers.
    ///
    /// On the reactor.
    func apply(_ event: (inout WorkerMachine, Duration) -> [WorkerMachine.Action]) {
        let now = core.reactor.now
        let ends = takeEnds()
        let (actions, turn) = state.withLock { state in
            let wasIdle = state.machine.busy == 0
            for (_, end) in ends {
                switch end {
                case .finish: state.completed += 1
                case .fail: state.failed += 1
                case .handBack: break
                }
            }
            if !ends.isEmpty { state.machine.take(ends, now: now) }
            var actions = event(&state.machine, now)
            if !ends.isEmpty { actions += state.machine.sendEnds(now: now) }
            if state.machine.isAwaitingJobs {
                state.watch.expect(.wakeUp, now: now)
            } else {
                state.watch.rest(.wakeUp)
            }
            return (actions, wasIdle == (state.machine.busy == 0) ? nil : state.onTurn)
        }
        perform(actions)
        turn?()
    }

    /// Performs actions in order, and what is started in a row together.
    private func perform(_ actions: [WorkerMachine.Action]) {
        var starting: [AttemptControl] = []
        for action in actions {
            if case .start(let token, let job) = action {
                if starting.isEmpty { starting.reserveCapacity(actions.count) }
                starting.append(AttemptControl(engine: self, token: token, job: job))
                continue
            }
            if !starting.isEmpty { attempts.start(starting, on: self) }
            starting = []
            perform(action)
        }
        if !starting.isEmpty { attempts.start(starting, on: self) }
    }

    /// Changes what is known of the loops.
    func watching(_ body: (inout LoopWatch) -> Void) { state.withLock { body(&$0.watch) } }

    func stuck(now: Duration) -> [LoopWatch.Stuck] { state.withLock { $0.watch.stuck(now: now) } }

    private func perform(_ action: WorkerMachine.Action) {
        switch action {
        case .advance(let queue, let limit, let finished): advance(queue, limit: limit, finished: finished)
        case .fail(let queue, let failures): fail(queue, failures)
        case .release(let queue, let jobs): release(queue, jobs)
        case .renew(let queue, let tokens, let members): renew(queue, tokens, members)
        case .sweep(let queue): sweep(queue)
        case .trim(let queue): trim(queue)
        case .listen(let queues, let limit): listen(queues, atMost: limit)
        case .rewake(let queue): rewake(queue)
        case .start(let token, let job):
            attempts.start([AttemptControl(engine: self, token: token, job: job)], on: self)
        case .cancel(let token): attempts.cancel(token)
        case .alarm(let alarm, let delay):
            core.reactor.schedule(after: delay) { [weak self] in
                guard let self else { return }
                // With nothing to renew the renewal has turned all the same.
                if alarm == .renew, !holdsLeases { turned(.renewal) }
                apply { $0.alarm(alarm, now: $1) }
            }
        case .report(let report): log(report)
        case .stopped: stop()
        }
    }

    private var holdsLeases: Bool { state.withLock { $0.machine.holdsLeases } }

    private func stop() {
        let waiters = state.withLock { state in
            state.hasStopped = true
            state.watch.stop()
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func seenFence(_ queue: Int) -> Int { state.withLock { $0.highestFence[queue] } }

    func sawFences(_ queue: Int, _ jobs: [ClaimedJob]) {
        guard !jobs.isEmpty else { return }
        let highest = jobs.reduce(0) { max($0, Int($1.record.fence)) }
        state.withLock { $0.highestFence[queue] = max($0.highestFence[queue], highest) }
    }

    /// Stops the lanes; calls in flight end as closed.
    package func closeLanes() {
        for queue in calls {
            for lane in queue.advance { lane.close() }
            queue.side.close()
        }
    }
}
