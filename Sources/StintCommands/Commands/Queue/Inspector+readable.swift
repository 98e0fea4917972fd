// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

extension Inspector {
    /// Returns all queues that can be read, and warns of the others: one whose keys something else has written must not
    /// hide the rest.
    func readableQueues(on console: Console) async throws -> [QueueStatus] {
        try await queues { queue, _ in
            console.warn(
                "the queue '\(queue)' is left out: something else has written one of its keys (stint doctor names it)")
        }
    }
}
