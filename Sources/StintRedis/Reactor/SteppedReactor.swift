// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A reactor whose clock stands still until a test or a simulation moves it.
///
/// Nothing runs by itself: `advance(by:)` and `runPending()` run what is due on the calling thread, ordered by time and
/// then by the order of scheduling, so one seed gives one history. Bodies may schedule and execute more; `advance`
/// runs what they add as well, as far as it falls into the time passed over.
package final class SteppedReactor: Reactor {
    private struct Entry {
        var due: Duration
        var order: UInt64
        var body: @Sendable () -> Void
    }

    private struct State {
        var now: Duration
        var nextOrder: UInt64 = 0
        /// Sorted by due time and order, the next one last.
        var entries: [Entry] = []
        var runningThread: UInt?
    }

    private let state: Mutex<State>

    /// Makes a reactor whose clock shows `now`.
    package init(now: Duration = .zero) {
        state = Mutex(State(now: now))
    }

    package var now: Duration {
        state.withLock { $0.now }
    }

    package var isCurrent: Bool {
        let thread = Self.currentThread
        return state.withLock { $0.runningThread == thread }
    }

    /// How many bodies wait to be run, those of timers included.
    package var pendingCount: Int {
        state.withLock { $0.entries.count }
    }

    /// When the next body is due, or nil when none waits.
    package var nextDue: Duration? {
        state.withLock { $0.entries.last?.due }
    }

    package func execute(_ body: @escaping @Sendable () -> Void) {
        state.withLock { state in
            _ = Self.insert(body, due: state.now, into: &state)
        }
    }

    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ReactorTimer {
        let order = state.withLock { state in
            Self.insert(body, due: state.now + max(delay, .zero), into: &state)
        }
        return ReactorTimer { [weak self] in
            self?.state.withLock { state in
                state.entries.removeAll { $0.order == order }
            }
        }
    }

    /// Drops everything that waits to be run, and with it what the bodies hold.
    package func cancelAll() {
        let entries = state.withLock { state in
            defer { state.entries = [] }
            return state.entries
        }
        _ = entries
    }

    /// Runs everything that is due without moving the clock.
    package func runPending() {
        advance(by: .zero)
    }

    /// Moves the clock by `duration`, stopping at each due time in between to run what is due there.
    package func advance(by duration: Duration) {
        let thread = Self.currentThread
        let end = state.withLock { state in
            precondition(state.runningThread == nil, "advance(by:) must not be called from a body it runs")
            state.runningThread = thread
            return state.now + max(duration, .zero)
        }
        while let body = nextBody(until: end) {
            body()
        }
        state.withLock { state in
            state.now = end
            state.runningThread = nil
        }
    }

    private func nextBody(until end: Duration) -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard let entry = state.entries.last, entry.due <= end else { return nil }
            state.entries.removeLast()
            state.now = max(state.now, entry.due)
            return entry.body
        }
    }

    private static func insert(
        _ body: @escaping @Sendable () -> Void,
        due: Duration,
        into state: inout State
    ) -> UInt64 {
        let entry = Entry(due: due, order: state.nextOrder, body: body)
        state.nextOrder += 1
        // An entry is later than all others of its time, so it goes before the first one that is due no later.
        var low = 0
        var high = state.entries.count
        while low < high {
            let middle = (low + high) / 2
            if state.entries[middle].due > due { low = middle + 1 } else { high = middle }
        }
        state.entries.insert(entry, at: low)
        return entry.order
    }

    private static var currentThread: UInt {
        #if canImport(Darwin)
        UInt(bitPattern: pthread_self())
        #elseif canImport(Musl)
        UInt(bitPattern: pthread_self())
        #else
        UInt(pthread_self())
        #endif
    }
}
