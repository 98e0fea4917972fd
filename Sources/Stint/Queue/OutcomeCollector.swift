// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Gathers the outcomes of jobs that were submitted together, and hands them over once all are there.
final class OutcomeCollector: Sendable {
    private struct State {
        var outcomes: [EnqueueBatcher.Outcome?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([EnqueueBatcher.Outcome]) -> Void

    init(count: Int, completion: @escaping @Sendable ([EnqueueBatcher.Outcome]) -> Void) {
        state = Mutex(State(outcomes: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
        if count == 0 { completion([]) }
    }

    /// Takes the outcome of the job at a place; only the first counts.
    func set(_ place: Int, _ outcome: EnqueueBatcher.Outcome) {
        let all: [EnqueueBatcher.Outcome]? = state.withLock { state in
            guard state.outcomes[place] == nil else { return nil }
            state.outcomes[place] = outcome
            state.missing -= 1
            return state.missing == 0 ? state.outcomes.compactMap { $0 } : nil
        }
        if let all { completion(all) }
    }
}
