// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

@Suite struct AttemptVerdictTests {
    private func verdict(ran: Duration = .zero, _ change: (inout JobRecord) -> Void = { _ in }) -> AttemptVerdict {
        var record = JobRecord(
            state: .running, list: 2, priority: .normal, flags: [], attempt: 1, crashes: 0, returns: 0, maxAttempts: 5,
            enqueuedMilliseconds: 1_000, atMilliseconds: 1_000, fence: 1, node: "node00", name: "work")
        change(&record)
        let job = ClaimedJob(queue: 0, idBytes: Array("a".utf8), record: record, payload: [])
        return AttemptVerdict(job: job, ran: ran, random: SplitMix64(seed: 1))
    }

    private func isRetried(_ end: AttemptEnd) -> Bool {
        if case .fail(let failure) = end { failure.delay != nil } else { false }
    }

    @Test("The time for all attempts counts from the enqueue, and anew from when a dead job is put back")
    func elapsed() {
        func isRetried(revived: Int64?, now: Int64) -> Bool {
            self.isRetried(
                verdict(ran: .seconds(1)) {
                    $0.retryPolicy = .fixed(.seconds(2), attempts: 5, maxElapsed: .seconds(10))
                    $0.revivedMilliseconds = revived
                    $0.atMilliseconds = now
                }.threw(CancellationError(), delay: nil))
        }
        #expect(isRetried(revived: nil, now: 8_000))
        #expect(!isRetried(revived: nil, now: 8_001))
        #expect(isRetried(revived: 100_000, now: 107_000))
        #expect(!isRetried(revived: 100_000, now: 107_001))
    }

    @Test("Only the payload of its own job makes it dead: a result of another that cannot be decoded is tried again")
    func undecodable() {
        let error = StintError(.undecodable, "no")
        #expect(isRetried(verdict().threw(error, delay: nil)))
        #expect(
            verdict().threw(UndecodablePayload(reason: error), delay: nil)
                == .fail(.init(kind: .error, delay: nil, text: "no")))
    }
}
