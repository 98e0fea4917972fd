// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import Synchronization

/// Says once of each name that stint.yaml has no function for it.
final class UnknownNames: Sendable {
    /// More names than this are not told.
    private static let maximum = 10

    private let plan: JobPlan
    private let console: Console
    private let seen = Mutex<(names: Set<String>, told: Int)>(([], 0))

    init(_ plan: JobPlan, _ console: Console) {
        self.plan = plan
        self.console = console
    }

    /// Looks at the names of jobs that are enqueued.
    func look(at jobs: [RawJob]) {
        for name in Set(jobs.map(\.name)) { look(at: name) }
    }

    /// Looks at one name.
    func look(at name: String) {
        guard seen.withLock({ $0.names.count < 10_000 && $0.names.insert(name).inserted }) else { return }
        guard plan.hasNoFunction(for: name) else { return }
        let isTold = seen.withLock { seen in
            seen.told += 1
            return seen.told <= Self.maximum
        }
        guard isTold else { return }
        if let near = plan.nearFunction(to: name) {
            console.warn("stint.yaml has no function '\(name)'. Did you mean '\(near)'?")
        } else {
            console.hint("stint.yaml has no function '\(name)': a worker of another project must know it")
        }
    }
}
