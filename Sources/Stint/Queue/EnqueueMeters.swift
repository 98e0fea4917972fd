// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Metrics
import Synchronization

/// Counts enqueued jobs as `stint.jobs.enqueued`, by queue and job name.
final class EnqueueMeters: Sendable {
    private struct Key: Hashable {
        let queue: String
        let name: String
    }

    /// Making a counter takes a lock and a look-up in the metrics backend, so each is made once.
    private let counters = Mutex<[Key: Counter]>([:])

    func enqueued(queue: String, name: String, count: Int = 1) {
        let key = Key(queue: queue, name: name)
        let counter = counters.withLock { counters in
            if let counter = counters[key] { return counter }
            if counters.count >= 1_000 { counters.removeAll() }
            let counter = Counter(label: "stint.jobs.enqueued", dimensions: [("queue", queue), ("job", name)])
            counters[key] = counter
            return counter
        }
        counter.increment(by: count)
    }
}
