// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides when the process group of one run is asked to end and when it is made to.
///
/// Holds no clock and does no I/O: the caller passes the time since the start and performs the returned action.
struct RunStateMachine {
    enum Action: Equatable {
        /// SIGTERM to the whole group (and SIGCONT, or a stopped one could not obey).
        case terminateGroup
        /// SIGKILL to the whole group.
        case killGroup
    }

    /// Why a run was ended from outside.
    enum Reason: Equatable { case timeout, cancellation }

    private enum State: Equatable {
        /// Runs, and nobody asked it to end.
        case running
        /// Was asked to end, and has until `killAt`.
        case terminating(Reason, killAt: Duration)
        /// Was killed; its leader has not been seen to end yet.
        case killed(Reason)
    }

    private let timeout: Duration?
    private let gracePeriod: Duration
    private var state = State.running

    init(timeout: Duration?, gracePeriod: Duration) {
        self.timeout = timeout
        self.gracePeriod = gracePeriod
    }

    /// Why the run was ended, or `nil` if it ended by itself.
    var reason: Reason? {
        switch state {
        case .running: nil
        case .terminating(let reason, _), .killed(let reason): reason
        }
    }

    /// When ``advance(to:)`` is to be called next.
    var nextInstant: Duration? {
        switch state {
        case .running: timeout
        case .terminating(_, let killAt): killAt
        case .killed: nil
        }
    }

    /// Acts on what is due.
    mutating func advance(to now: Duration) -> Action? {
        switch state {
        case .running:
            guard let timeout, now >= timeout else { return nil }
            return terminate(.timeout, at: now)
        case .terminating(let reason, let killAt):
            guard now >= killAt else { return nil }
            state = .killed(reason)
            return .killGroup
        case .killed:
            return nil
        }
    }

    /// Ends the run because its caller asked for that.
    ///
    /// The first reason stands.
    mutating func cancel(at now: Duration) -> Action? {
        guard case .running = state else { return nil }
        return terminate(.cancellation, at: now)
    }

    private mutating func terminate(_ reason: Reason, at now: Duration) -> Action {
        guard gracePeriod > .zero else {
            state = .killed(reason)
            return .killGroup
        }
        state = .terminating(reason, killAt: now + gracePeriod)
        return .terminateGroup
    }
}
