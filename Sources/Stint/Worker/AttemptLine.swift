// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides which task runs which attempt.
///
/// Starts no task itself: the caller does when it is told to *call* one, for a seat that it is given. A task takes one
/// attempt after the other and leaves its seat when there is none, so that attempts which end at once cost no task each.
/// One that does not end at once holds nobody up: while attempts wait, a task is on its way that will take the next of
/// them, and it calls another before it begins.
struct AttemptLine<Attempt> {
    /// Names a task, for as long as it lives.
    typealias Seat = Int

    /// What a task is to do next.
    struct Turn {
        let attempt: Attempt
        /// Whether the attempt was cancelled while it waited: its task is to be cancelled before it begins.
        let isCancelled: Bool
        /// Whether others wait behind it, so that a task is on its way to them.
        let isFollowed: Bool
    }

    private struct Waiting {
        let token: WorkerMachine.Token
        let attempt: Attempt
        var isCancelled = false
    }

    /// What waits for a task, from `first` on.
    private var waiting: [Waiting] = []
    private var first = 0
    /// Whether a task was called that has not come yet.
    private var isCalling = false
    /// What each seat's task runs.
    private var running: [WorkerMachine.Token?] = []
    private var freeSeats: [Seat] = []

    private var isEmpty: Bool { first == waiting.count }

    /// Adds attempts that are to be run.
    mutating func add(_ attempts: some Sequence<(token: WorkerMachine.Token, attempt: Attempt)>) {
        waiting.append(contentsOf: attempts.lazy.map { Waiting(token: $0.token, attempt: $0.attempt) })
    }

    /// The seat of a task that must be called now, if one must be.
    mutating func call() -> Seat? {
        guard !isEmpty, !isCalling else { return nil }
        isCalling = true
        if let seat = freeSeats.popLast() { return seat }
        running.append(nil)
        return running.count - 1
    }

    /// A task has come that was called.
    mutating func arrived() { isCalling = false }

    /// A task is done with what it ran, if it ran something, and takes the next; nil where it is to end.
    ///
    /// A task that was cancelled takes nothing more.
    mutating func next(in seat: Seat, isCancelled: Bool) -> Turn? {
        guard !isCancelled, !isEmpty else {
            running[seat] = nil
            freeSeats.append(seat)
            return nil
        }
        let entry = waiting[first]
        first += 1
        if isEmpty {
            waiting.removeAll(keepingCapacity: waiting.count <= 1024)
            first = 0
        } else if first >= 1024 {
            waiting.removeFirst(first)
            first = 0
        }
        running[seat] = entry.token
        return Turn(attempt: entry.attempt, isCancelled: entry.isCancelled, isFollowed: !isEmpty)
    }

    /// Cancels an attempt: returns the seat of the task that is to be cancelled, if it has one already.
    mutating func cancel(_ token: WorkerMachine.Token) -> Seat? {
        if let seat = running.firstIndex(of: token) { return seat }
        if let place = waiting[first...].firstIndex(where: { $0.token == token }) { waiting[place].isCancelled = true }
        return nil
    }
}
