// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import Logging

extension JobContext {
    /// Puts a context together of its parts, for whoever calls a handler without a worker.
    package init(
        id: JobID, name: String, queue: String, attempt: Int, maxAttempts: Int?, fence: Int64, deadline: Date?,
        enqueuedAt: Date, tags: [String: String], node: String, logger: Logger,
        traceContext: [String: String] = [:], control: any JobControl
    ) {
        let enqueued = Int64(enqueuedAt.timeIntervalSince1970 * 1000)
        var record = JobRecord(
            state: .running, list: 2, priority: .normal, flags: [], attempt: attempt, crashes: 0, returns: 0,
            maxAttempts: maxAttempts ?? 0, enqueuedMilliseconds: enqueued, atMilliseconds: enqueued, fence: fence,
            node: node, name: name)
        record.tags = tags
        record.traceContext = traceContext
        let job = ClaimedJob(queue: 0, idBytes: Array(id.description.utf8), record: record, payload: [])
        self.init(job, queue: queue, deadline: deadline, node: node, logger: logger, control: control)
    }
}
