// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bounds how many tests have a server of their own at a time: with hundreds at once, each would run so slowly that
/// time limits meant for faults would pass.
package final class ServerSlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The slots of this process.
    package static let shared = ServerSlots(6)

    private let state: Mutex<State>

    /// Makes so many slots.
    package init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Runs a body in a slot, once one is free; in the order of coming.
    package func run<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { leave() }
        return try await body()
    }

    private func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
