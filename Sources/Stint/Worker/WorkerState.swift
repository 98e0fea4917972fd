// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a worker was set up with, as its decisions see it.
package struct WorkerSettings: Sendable {
    /// A queue and its share.
    package struct Share: Sendable {
        package let name: String
        package let weight: Int

        package init(name: String, weight: Int) {
            self.name = name
            self.weight = max(1, weight)
        }
    }

    package var queues: [Share]
    package var slots: Int
    /// Claim from a queue only when those before it have nothing.
    package var isStrict = false
    package var lease: Duration = .seconds(10)
    /// How long a task may go on after it was cancelled before its lease is given up.
    package var grace: Duration = .seconds(5)
    /// How long what runs may go on after a drain began.
    package var drainTime: Duration = .seconds(30)
    /// How long a worker that ends, and that nothing runs in any more, waits for answers of Redis.
    package var answerTime: Duration = .seconds(5)
    /// Ends once nothing is ready or delayed.
    package var stopsWhenEmpty = false
    /// Ends after claiming this many jobs.
    package var maxJobs: Int?
    /// Ends after this long without a job.
    package var maxIdle: Duration?
    /// Whether each queue has a wait of its own, since they are in different places of a cluster.
    package var waitsForEachQueue = false
    /// Cancels a handler when no renewal got through for a lease, rather than to rely on the fence.
    package var cancelsWhenUnsure = false
    /// Whether a handler takes the name, and the cap on how many run at a time.
    package var handles: @Sendable (_ name: String) -> (key: String, limit: Int?)?

    package init(
        queues: [Share], slots: Int, handles: @escaping @Sendable (_ name: String) -> (key: String, limit: Int?)?
    ) {
        self.queues = queues
        self.slots = slots
        self.handles = handles
    }

    /// How often each queue is looked at: about a second, more often under short leases, less with very many queues.
    package var sweepInterval: Duration {
        let crowded = Duration.milliseconds(5) * queues.count
        return min(max(briefInterval, crowded), max(briefInterval, lease / 4))
    }

    /// How often each queue is looked at while there are not very many.
    package var briefInterval: Duration { min(.seconds(1), lease / 6) }
}

/// What a worker knows of one of its queues.
struct QueueState {
    let share: WorkerSettings.Share
    /// Advance calls in flight, two at most.
    var calls = 0
    /// Whether a claim may bring something.
    var isPromising = true
    /// Claims in flight when a hint came, whose answers may be older than it.
    var olderAnswers = 0
    var finishing: [WorkerMachine.Outgoing] = []
    var failing: [WorkerMachine.Outgoing] = []
    var releasing: [WorkerMachine.Outgoing] = []
    /// Ends in `advance` calls, by call, and in the `fail` or `release` call, that have no answer yet.
    var finishingSent: [[WorkerMachine.Outgoing]] = []
    var sideSent: [WorkerMachine.Outgoing] = []
    /// Whether the lane for failures and hand-backs has a call in flight.
    var isSideBusy = false
    /// Renewals in flight, and whether one failed since the last regular one.
    var renewals = 0
    var hasFailedRenewal = false
    var isSweeping = false
    var sweepAt: Duration = .zero
    /// Jobs over their name's cap, in the order they were claimed.
    var waiting: [WorkerMachine.Token] = []
    /// A marker of this queue could not be used: it is left out of the wait until then.
    var deafUntil: Duration?
    /// Whether a wait on its marker is under way.
    var isListening = false
    /// Nothing is ready and nothing is delayed, as of the last answer.
    var isEmpty = false
    /// Whether its claims are refused, as of the last sweep; `nil` before the first.
    var isPaused: Bool?
    /// Whether it was told that the end waits for a paused queue.
    var hasToldPause = false
    var sweeps = 0

    init(share: WorkerSettings.Share) { self.share = share }

    /// What has ended and Redis is not known to have taken.
    var unsettled: [WorkerMachine.Outgoing] { finishing + failing + releasing + finishingSent.joined() + sideSent }
}

/// A job that the worker holds.
struct Held {
    enum CancelCause { case lost, timeout, request, handBack, unsure }

    /// How many jobs of a handler may run at a time.
    struct Cap {
        let key: String
        let limit: Int
    }

    let job: ClaimedJob
    /// What it counts against; `nil` if its handler has no cap.
    let cap: Cap?
    /// When the call was sent that last confirmed the lease.
    var confirmedAt: Duration
    /// When its task was started; `nil` while it waits for its cap.
    var startedAt: Duration?
    /// When its attempt times out, until it has.
    var deadline: Duration?
    /// False once the lease is lost or given up: then only the slot is still taken.
    var isLeased = true
    var cancelCause: CancelCause?
}
