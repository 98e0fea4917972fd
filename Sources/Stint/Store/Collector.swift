// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Gathers what comes of things that were sent together, and hands it over once all of it is there.
final class Collector<Outcome: Sendable>: Sendable {
    private struct State {
        var outcomes: [Outcome?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([Outcome]) -> Void

    init(count: Int, completion: @escaping @Sendable ([Outcome]) -> Void) {
        state = Mutex(State(outcomes: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
        if count == 0 { completion([]) }
    }

    /// Takes what came of the one at a place; only the first counts.
    func set(_ place: Int, _ outcome: Outcome) {
        let all: [Outcome]? = state.withLock { state in
            guard state.outcomes[place] == nil else { return nil }
            state.outcomes[place] = outcome
            state.missing -= 1
            return state.missing == 0 ? state.outcomes.compactMap { $0 } : nil
        }
        if let all { completion(all) }
    }
}
